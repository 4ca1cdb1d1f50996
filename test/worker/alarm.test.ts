/** Sleeping until a time or a nudge. */
import { expect, test } from "vitest";
import { createAlarm } from "../../src/worker/alarm";
import { createFakeClock } from "../support/fake-clock";

function create() {
  const clock = createFakeClock();
  const start = clock.now();
  const alarm = createAlarm(clock);
  const life = new AbortController();
  let woken = 0;
  const wait = (milliseconds: number) =>
    void alarm
      .wait(() => start + milliseconds, life.signal)
      .then(
        () => woken++,
        () => (woken = -1),
      );
  return { clock, alarm, life, wait, woken: () => woken };
}

test("nobody nudges: wakes at the time, not before", async () => {
  const { clock, wait, woken } = create();
  wait(5_000);
  await clock.advance(4_999);
  expect(woken()).toBe(0);
  await clock.advance(1);
  expect(woken()).toBe(1);
});

test("a nudge: wakes at once", async () => {
  const { clock, alarm, wait, woken } = create();
  wait(5_000);
  await clock.settle();
  alarm.nudge();
  await clock.settle();
  expect(woken()).toBe(1);
});

test("many nudges while nobody sleeps: the next sleep does not happen, the one after it does", async () => {
  const { clock, alarm, wait, woken } = create();
  for (let i = 0; i < 10; i++) alarm.nudge();
  wait(5_000);
  await clock.settle();
  expect(woken()).toBe(1);
  wait(5_000);
  await clock.settle();
  expect(woken()).toBe(1);
  await clock.advance(5_000);
  expect(woken()).toBe(2);
});

test("a time that is past: does not sleep", async () => {
  const { clock, wait, woken } = create();
  wait(-1);
  await clock.settle();
  expect(woken()).toBe(1);
});

test("aborted: rejects, and leaves no sleeper behind", async () => {
  const { clock, life, wait, woken } = create();
  wait(5_000);
  await clock.settle();
  life.abort(new Error("enough"));
  await clock.settle();
  expect(woken()).toBe(-1);
});

test("days away: wakes at the time all the same, and follows a clock that is set forward", async () => {
  const { clock, wait, woken } = create();
  const day = 86_400_000;
  wait(10 * day);
  await clock.advance(day);
  expect(woken()).toBe(0);
  clock.setTo(clock.now() + 9 * day);
  await clock.advance(3_600_000);
  expect(woken()).toBe(1);
});

test("the clock is set back: wakes when it would have, not hours later", async () => {
  const { clock, wait, woken } = create();
  wait(60_000);
  await clock.advance(30_000);
  clock.setTo(clock.now() - 7_200_000);
  await clock.advance(29_999);
  expect(woken()).toBe(0);
  await clock.advance(1);
  expect(woken()).toBe(1);
});
