/** A watch that tells late of what we wrote ourselves. */
import { expect, test } from "vitest";
import { createRecordWriter } from "../../src/worker/record-writer";
import { episode } from "../support/episodes";
import { createFakeClock } from "../support/fake-clock";
import { createFakeDriftRecords } from "../support/fake-drift-records";
import { STILL } from "../support/still";

const REPOSITORY = { uid: "r-1", namespace: "team", name: "my-app" };
test("late echoes of our own: the next version is written at once", async () => {
  const fake = createFakeDriftRecords();
  const clock = createFakeClock();
  const writer = createRecordWriter({
    pulse: STILL,
    records: fake.port,
    repository: REPOSITORY,
    clock,
    life: new AbortController().signal,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const delays: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const started = clock.now();
    writer.set(episode("a", { repeats: 2 * round, decision: "waiting" }));
    await clock.settle();
    writer.set(episode("a", { repeats: 2 * round, decision: "healed" }));
    await clock.settle();
    const isIn = () =>
      fake.held(REPOSITORY)[0]?.decision === "healed" &&
      fake.held(REPOSITORY)[0]?.repeats === 2 * round;
    for (let i = 0; i < 400 && !isIn(); i += 1) await clock.advance(1000);
    delays.push((clock.now() - started) / 1000);
    // the watch tells of both a moment later
    writer.noticed("a", episode("a", { repeats: 2 * round, decision: "waiting" }));
    writer.noticed("a", episode("a", { repeats: 2 * round, decision: "healed" }));
    await clock.advance(500);
  }
  expect(delays).toEqual([0, 0, 0, 0]);
});
