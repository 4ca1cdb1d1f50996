/** The writer of one repository's DriftRecords. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Episode } from "../../src/model/episode";
import type { DriftRecords } from "../../src/ports";
import { createRecordWriter, type RecordWriter } from "../../src/worker/record-writer";
import { episode } from "../support/episodes";
import { createFakeClock, type FakeClock } from "../support/fake-clock";
import { createFakeDriftRecords, type FakeDriftRecords } from "../support/fake-drift-records";
import { STILL } from "../support/still";

const REPOSITORY = { uid: "r-1", namespace: "team", name: "my-app" };
const SECOND = 1_000;
const signal = () => new AbortController().signal;

let fake: FakeDriftRecords;
let clock: FakeClock;
let life: AbortController;
let warnings: unknown[];
let writer: RecordWriter;
beforeEach(() => {
  fake = createFakeDriftRecords();
  clock = createFakeClock();
  life = new AbortController();
  warnings = [];
  writer = open();
});

/** Records whose name begins with s fail after a minute each. */
const stalled: DriftRecords["write"] = async (repository, written, signal) => {
  if (!written.record.startsWith("s")) return fake.port.write(repository, written, signal);
  await clock.sleep(60 * SECOND, signal);
  throw new Error("too late");
};

function open(records = fake.port): RecordWriter {
  return createRecordWriter({
    pulse: STILL,
    records,
    repository: REPOSITORY,
    clock,
    life: life.signal,
    log: { info: () => undefined, warn: fields => warnings.push(fields), error: () => undefined },
  });
}

const held = () => fake.held(REPOSITORY).map(({ record }) => record);
const closed = (number: number, more: Partial<Episode> = {}) =>
  episode(`r${String(number).padStart(3, "0")}`, { decision: "healed", ...more });
const range = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("writing", () => {
  test("an episode: written at once, and told by flush", async () => {
    writer.set(episode("a"));
    await writer.flush(signal());
    expect(fake.held(REPOSITORY)).toEqual([episode("a")]);
  });

  test("what says the same, to the second: not written again", async () => {
    writer.set(episode("a", { until: 5_001 }));
    await writer.flush(signal());
    writer.set(episode("a", { until: 5_999 }));
    await writer.flush(signal());
    expect(fake.requests).toEqual(["write a"]);
    writer.set(episode("a", { until: 6_001 }));
    await writer.flush(signal());
    expect(fake.requests).toEqual(["write a", "write a"]);
  });

  test("what says the same, to the second: told at once, since it is in", async () => {
    const told: number[] = [];
    writer.set(episode("a", { until: 5_001 }), () => told.push(1));
    await writer.flush(signal());
    writer.set(episode("a", { until: 5_999 }), () => told.push(2));
    expect(told).toEqual([1, 2]);
  });

  test("a write whose answer was lost, but a watch shows it: told", async () => {
    const told: number[] = [];
    fake.fail("a", new Error("connection lost"));
    writer.set(episode("a"), () => told.push(1));
    await clock.settle();
    expect(told).toEqual([]);
    writer.noticed("a", episode("a"));
    expect(told).toEqual([1]);
  });

  test("what is under way already: told when it is in", async () => {
    const told: number[] = [];
    const letGo = fake.hold();
    writer.set(episode("a"), () => told.push(1));
    await clock.settle();
    writer.set(episode("a"), () => told.push(2));
    letGo();
    await writer.flush(signal());
    expect(told).toEqual([1, 2]);
  });

  test("set again and again while one is under way: one more write, of the newest", async () => {
    const letGo = fake.hold();
    for (const repeats of range(10)) writer.set(episode("a", { repeats }));
    writer.set(episode("b"));
    await clock.settle();
    expect(fake.requests).toEqual(["write a", "write b"]);
    letGo();
    await writer.flush(signal());
    expect(fake.requests).toEqual(["write a", "write b", "write a"]);
    expect(fake.held(REPOSITORY)[0]?.repeats).toBe(9);
  });
});

test("many at once: sixteen are under way, and the rest follow", async () => {
  const letGo = fake.hold();
  for (const number of range(20)) writer.set(closed(number));
  await clock.settle();
  expect(fake.requests).toHaveLength(16);
  letGo();
  await writer.flush(signal());
  expect(held()).toHaveLength(20);
});

describe("a write that fails", () => {
  test("tried again after 0.5 s, 1 s … 30 s, and then the newest is written", async () => {
    fake.fail("a", new Error("no"));
    writer.set(episode("a"));
    const tries = async (milliseconds: number) => {
      const before = fake.requests.length;
      await clock.advance(milliseconds);
      return fake.requests.length - before;
    };
    await clock.settle();
    expect(fake.requests.length).toBe(1);
    expect(await tries(499)).toBe(0);
    expect(await tries(1)).toBe(1);
    expect(await tries(999)).toBe(0);
    expect(await tries(1)).toBe(1);
    await clock.advance(60 * SECOND);
    expect(await tries(300 * SECOND)).toBe(10);
    expect(warnings[0]).toEqual({ record: "a", error: "Error: no" });
    writer.set(episode("a", { repeats: 7 }));
    fake.fail("a", undefined);
    await clock.advance(30 * SECOND);
    await writer.flush(signal());
    expect(fake.held(REPOSITORY)).toEqual([episode("a", { repeats: 7 })]);
    // and the pauses begin anew
    fake.fail("a", new Error("no"));
    writer.set(episode("a", { repeats: 8 }));
    await clock.settle();
    expect(await tries(500)).toBe(1);
  });

  test("others: written meanwhile, those set later at once", async () => {
    fake.fail("a", new Error("no"));
    writer.set(episode("a"));
    writer.set(episode("b"));
    await clock.advance(100 * SECOND);
    expect(held()).toEqual(["b"]);
    writer.set(episode("c"));
    await clock.settle();
    expect(held()).toEqual(["b", "c"]);
  });

  test("forty that hang for a minute each: they keep no other for ever", async () => {
    writer = open({ ...fake.port, write: stalled });
    for (const number of range(40)) writer.set(episode(`s${number}`));
    writer.set(episode("z"));
    await clock.advance(300 * SECOND);
    expect(fake.requests).toContain("write z");
  });

  test("the clock is set back while one is left alone: it does not wait behind one that keeps failing", async () => {
    fake.fail("*", new Error("no"));
    writer.set(episode("a"));
    await clock.settle();
    clock.setTo(clock.now() - 7_200 * SECOND);
    fake.fail("b", new Error("no"));
    writer.set(episode("b"));
    fake.fail("*", undefined);
    await clock.advance(60 * SECOND);
    expect(held()).toEqual(["a"]);
  });

  test("flush: waits, and rejects when its signal is aborted", async () => {
    fake.fail("*", new Error("no"));
    writer.set(episode("a"));
    const enough = new AbortController();
    const flushing = writer.flush(enough.signal);
    await clock.advance(10 * SECOND);
    enough.abort(new Error("enough"));
    await expect(flushing).rejects.toThrow("enough");
    await expect(writer.flush(enough.signal)).rejects.toThrow("enough");
  });

  test("life ends: nobody tries any longer, and flush resolves", async () => {
    fake.fail("*", new Error("no"));
    writer.set(episode("a"));
    await clock.advance(10 * SECOND);
    const flushing = writer.flush(signal());
    life.abort();
    await flushing;
    const tries = fake.requests.length;
    await clock.advance(100 * SECOND);
    expect(fake.requests.length).toBe(tries);
  });
});

describe("loading", () => {
  test("what is there: told, and not written when it is set as it was", async () => {
    writer.set(episode("a", { until: 5_001 }));
    writer.set(closed(1));
    await writer.flush(signal());
    writer = open();
    const loaded = await writer.load(signal());
    expect(loaded).toEqual([episode("a", { until: 6_000 }), closed(1)]);
    for (const known of loaded) writer.set(known);
    await writer.flush(signal());
    expect(fake.requests).toEqual(["write a", "write r001", "list my-app"]);
  });

  test("an open one that somebody deleted or changed: restored; a closed one: let be", async () => {
    writer.set(episode("a"));
    writer.set(episode("b"));
    writer.set(closed(1));
    await writer.flush(signal());
    fake.delete(REPOSITORY, "a");
    fake.put(REPOSITORY, episode("b", { reason: "mine" }));
    fake.delete(REPOSITORY, "r001");
    await writer.load(signal());
    await writer.flush(signal());
    expect(fake.held(REPOSITORY)).toEqual([episode("a"), episode("b")]);
  });

  test("what was set before: stays as it was set", async () => {
    fake.put(REPOSITORY, episode("a"));
    writer.set(episode("a", { repeats: 1 }));
    await writer.flush(signal());
    await writer.load(signal());
    expect(fake.requests).toEqual(["write a", "list my-app"]);
    expect(fake.held(REPOSITORY)).toEqual([episode("a", { repeats: 1 })]);
  });

  test("a list that is older than a write: the write counts", async () => {
    const answers: (readonly Episode[])[] = [];
    const records = {
      ...fake.port,
      list: async () => {
        writer.set(episode("a"));
        await writer.flush(signal());
        return answers[0] ?? [];
      },
    };
    writer = createRecordWriter({
      pulse: STILL,
      records,
      repository: REPOSITORY,
      clock,
      life: life.signal,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    await writer.load(signal());
    await writer.flush(signal());
    expect(fake.requests).toEqual(["write a"]);
  });

  test("a failure: told to whoever asked", async () => {
    fake.fail("*", new Error("no"));
    await expect(writer.load(signal())).rejects.toThrow("no");
  });
});

describe("how many are kept", () => {
  test("of 60 closed ones the 50 that were closed last; open ones all", async () => {
    for (const number of range(60).reverse()) {
      writer.set(episode(`open${number}`));
      // the later its name, the earlier it was closed
      writer.set(closed(number, { decisionAt: (100 - number) * SECOND }));
    }
    await writer.flush(signal());
    expect(held().filter(record => record.startsWith("open"))).toHaveLength(60);
    const kept = held().filter(record => record.startsWith("r"));
    expect(kept).toEqual(range(50).map(number => closed(number).record));
  });

  test("too many were there already: the oldest are removed", async () => {
    for (const number of range(53)) fake.put(REPOSITORY, closed(number));
    await writer.load(signal());
    await writer.flush(signal());
    expect(held()).toEqual(range(50).map(number => closed(number + 3).record));
    expect(fake.requests.slice(1).sort()).toEqual(["remove r000", "remove r001", "remove r002"]);
  });

  test("one that cannot be removed: tried again, and others are written", async () => {
    for (const number of range(51)) fake.put(REPOSITORY, closed(number));
    fake.fail("r000", new Error("no"));
    await writer.load(signal());
    await clock.settle();
    writer.set(episode("a"));
    await clock.settle();
    expect(held()).toContain("a");
    fake.fail("r000", undefined);
    await clock.advance(30 * SECOND);
    expect(held()).not.toContain("r000");
  });

  test("dropped while it is being written: removed after that", async () => {
    const letGo = fake.hold();
    writer.set(closed(0));
    for (const number of range(50)) writer.set(closed(number + 1));
    letGo();
    await writer.flush(signal());
    expect(held()).toEqual(range(50).map(number => closed(number + 1).record));
    expect(fake.requests.filter(request => request.endsWith("r000"))).toEqual([
      "write r000",
      "remove r000",
    ]);
  });
});
