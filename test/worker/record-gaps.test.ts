/** What a list of DriftRecords tells the writer of one repository after a gap in the watch, and what it takes away itself. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Episode } from "../../src/model/episode";
import { createRecordWriter, type RecordWriter } from "../../src/worker/record-writer";
import { episode } from "../support/episodes";
import { createFakeClock, type FakeClock } from "../support/fake-clock";
import { createFakeDriftRecords, type FakeDriftRecords } from "../support/fake-drift-records";
import { STILL } from "../support/still";

const REPOSITORY = { uid: "r-1", namespace: "team", name: "my-app" };
const SECOND = 1_000;
const MINUTE = 60_000;
const signal = () => new AbortController().signal;

let fake: FakeDriftRecords;
let clock: FakeClock;
let writer: RecordWriter;
beforeEach(() => {
  fake = createFakeDriftRecords();
  clock = createFakeClock();
  writer = createRecordWriter({
    pulse: STILL,
    records: fake.port,
    repository: REPOSITORY,
    clock,
    life: signal(),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
});

const held = () => fake.held(REPOSITORY);
const closed = (record: string) => episode(record, { decision: "healed" });

/** Written, and nothing is left to do. */
async function written(...episodes: readonly Episode[]): Promise<void> {
  for (const one of episodes) writer.set(one);
  await writer.flush(signal());
}

/** How many requests there are in this time. */
async function requests(milliseconds: number): Promise<number> {
  const before = fake.requests.length;
  await clock.advance(milliseconds);
  return fake.requests.length - before;
}

describe("after a gap in the watch", () => {
  const list = async (...found: readonly Episode[]) => {
    writer.listed(new Map(found.map(one => [one.record, one])));
    await clock.settle();
  };

  test("all as it was: nothing to do", async () => {
    await written(episode("a"), closed("b"));
    await list(episode("a"), closed("b"));
    expect(await requests(MINUTE)).toBe(0);
  });

  test("open ones that are gone, changed or unreadable: as they were; closed ones that are gone: let be", async () => {
    await written(episode("a"), episode("b"), episode("c"), closed("d"));
    fake.delete(REPOSITORY, "a");
    fake.delete(REPOSITORY, "d");
    const changed = episode("b", { reason: "mine" });
    fake.put(REPOSITORY, changed);
    writer.listed(
      new Map([
        ["b", changed],
        ["c", undefined],
      ]),
    );
    expect(await requests(2 * SECOND)).toBe(3);
    expect(held()).toEqual([episode("a"), episode("b"), episode("c")]);
  });

  test("one that could not be written yet: not missed, and written in its turn", async () => {
    fake.fail("a", new Error("no"));
    writer.set(episode("a"));
    await clock.settle();
    await list();
    fake.fail("a", undefined);
    expect(await requests(SECOND)).toBe(1);
    expect(held()).toEqual([episode("a")]);
  });

  test("one that is under way: left alone", async () => {
    const letGo = fake.hold();
    writer.set(closed("a"));
    await clock.settle();
    await list();
    letGo();
    await writer.flush(signal());
    expect(await requests(MINUTE)).toBe(0);
    expect(held()).toEqual([closed("a")]);
  });
});

describe("what turned out to tell nothing", () => {
  test("taken away, once", async () => {
    fake.put(REPOSITORY, episode("p"));
    writer.discard("p");
    await clock.settle();
    expect(held()).toEqual([]);
    writer.noticed("p", undefined);
    expect(await requests(MINUTE)).toBe(0);
  });

  test("the API server does not answer: tried until it is gone", async () => {
    fake.put(REPOSITORY, episode("p"));
    fake.fail("p", new Error("no"));
    writer.discard("p");
    await clock.advance(10 * SECOND);
    fake.fail("p", undefined);
    await clock.advance(30 * SECOND);
    expect(held()).toEqual([]);
  });

  test("a record that is meant to be there by now: stays", async () => {
    await written(episode("a"));
    writer.discard("a");
    expect(await requests(MINUTE)).toBe(0);
    expect(held()).toEqual([episode("a")]);
  });

  test("what tells something after all: stays", async () => {
    fake.put(REPOSITORY, episode("p"));
    fake.fail("p", new Error("no"));
    writer.discard("p");
    await clock.settle();
    writer.set(episode("p", { repeats: 1 }));
    fake.fail("p", undefined);
    await clock.advance(MINUTE);
    expect(held()).toEqual([episode("p", { repeats: 1 })]);
  });
});
