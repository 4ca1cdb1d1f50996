/** The clock of this machine. */
import { expect, test } from "vitest";
import { clock } from "../../src/adapters/clock";

const never = new AbortController().signal;

test("now: the time, in whole seconds of UTC as Kubernetes writes it", () => {
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  expect(clock.rfc3339(1_768_473_000_999)).toBe("2026-01-15T10:30:00Z");
});

test("sleep: not shorter than it should be", async () => {
  const before = performance.now();
  await clock.sleep(30, never);
  expect(performance.now() - before).toBeGreaterThanOrEqual(28);
});

test("sleep, aborted before or meanwhile: rejects with the very reason", async () => {
  const reason = new Error("enough");
  await expect(clock.sleep(1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const life = new AbortController();
  const sleeping = clock.sleep(60_000, life.signal);
  life.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});

test("longer than a timer holds: does not end at once", async () => {
  const life = new AbortController();
  let ended = false;
  const sleeping = clock.sleep(Number.MAX_SAFE_INTEGER, life.signal).then(() => (ended = true));
  await clock.sleep(30, never);
  expect(ended).toBe(false);
  life.abort(new Error("enough"));
  await expect(sleeping).rejects.toThrow("enough");
});

test("breathe: timers that are due get their turn", async () => {
  let turn = false;
  setImmediate(() => (turn = true));
  await clock.breathe();
  expect(turn).toBe(true);
});
