/** What a watch of DriftRecords shows the writer of one repository: others change and delete records, too. */
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

/** Somebody changes it, or deletes it. */
async function hand(record: string, changed?: Episode): Promise<void> {
  if (changed === undefined) fake.delete(REPOSITORY, record);
  else fake.put(REPOSITORY, changed);
  writer.noticed(record, changed);
  await clock.settle();
}

/** How many requests there are in this time. */
async function requests(milliseconds: number): Promise<number> {
  const before = fake.requests.length;
  await clock.advance(milliseconds);
  return fake.requests.length - before;
}

describe("a record that somebody else touched", () => {
  test("an open one that was changed or deleted: as it was within seconds, and once", async () => {
    await written(episode("a"), episode("b"));
    await hand("a", episode("a", { reason: "mine" }));
    await hand("b");
    expect(await requests(2 * SECOND)).toBe(2);
    expect(held()).toEqual([episode("a"), episode("b")]);
    expect(await requests(10 * MINUTE)).toBe(0);
  });

  test("a closed one that was deleted: stays deleted", async () => {
    await written(closed("a"));
    await hand("a");
    expect(await requests(10 * MINUTE)).toBe(0);
    expect(held()).toEqual([]);
  });

  test("a closed one that was changed: as it was within seconds", async () => {
    await written(closed("a"));
    await hand("a", episode("a", { decision: "undone" }));
    await clock.advance(2 * SECOND);
    expect(held()).toEqual([closed("a")]);
  });

  test("a closed one that was made unreadable: stays so", async () => {
    await written(closed("a"));
    writer.noticed("a", undefined);
    expect(await requests(10 * MINUTE)).toBe(0);
  });

  test("one that was deleted, and goes on: written with what is new", async () => {
    await written(closed("a"));
    await hand("a");
    writer.set(episode("a", { repeats: 1 }));
    await clock.advance(2 * SECOND);
    expect(held()).toEqual([episode("a", { repeats: 1 })]);
  });

  test("somebody else's record: left alone", async () => {
    await hand("z", episode("z"));
    await hand("z");
    expect(await requests(MINUTE)).toBe(0);
  });

  test("somebody who insists: answered after 1 s, 2 s, 4 s … 5 min, never more often", async () => {
    await written(episode("a"));
    const pauses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      await hand("a");
      let pause = 0;
      for (; held().length === 0 && pause < 1_000; pause += 1) await clock.advance(SECOND);
      pauses.push(pause);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  test("a record that somebody fights for: the others are written at once", async () => {
    await written(episode("a"));
    await hand("a");
    writer.set(episode("b"));
    await clock.settle();
    expect(held()).toEqual([episode("b")]);
  });
});

describe("our own versions as a watch shows them", () => {
  const version = (repeats: number) => episode("a", { repeats });

  test("the newest: nothing to do", async () => {
    await written(version(1));
    writer.noticed("a", version(1));
    expect(await requests(MINUTE)).toBe(0);
  });

  test("the same to the second: nothing to do", async () => {
    await written(episode("a", { until: 5_001 }));
    writer.noticed("a", episode("a", { until: 6_000 }));
    expect(await requests(MINUTE)).toBe(0);
  });

  test("an older one that comes late, and the newest after it: nothing is written", async () => {
    await written(version(1));
    await written(version(2));
    const before = fake.requests.length;
    writer.noticed("a", version(1));
    await clock.advance(SECOND - 1);
    writer.noticed("a", version(2));
    await clock.advance(MINUTE);
    expect(fake.requests.length).toBe(before);
    expect(held()).toEqual([version(2)]);
  });

  test("one that comes while the next is under way: says nothing", async () => {
    const over = (repeats: number) => episode("a", { repeats, decision: "healed" });
    await written(over(1));
    const letGo = fake.hold();
    writer.set(over(2));
    await clock.settle();
    writer.noticed("a", over(0));
    writer.noticed("a", undefined);
    letGo();
    await writer.flush(signal());
    expect(await requests(MINUTE)).toBe(0);
    expect(held()).toEqual([over(2)]);
  });
});
