/** ULIDs: each greater than the one before it. */
import { decodeTime } from "ulid";
import { expect, test } from "vitest";
import { createIds } from "../../src/adapters/ids";

const PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const NOW = 1_768_473_000_000;

function isIncreasing(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ""));
}

test("10,000 within one millisecond: well-formed and strictly increasing", () => {
  const next = createIds(() => NOW);
  const ids = Array.from({ length: 10_000 }, () => next());
  expect(ids.every(id => PATTERN.test(id))).toBe(true);
  expect(isIncreasing(ids)).toBe(true);
});

test("the clock steps back a second, and goes on: still strictly increasing", () => {
  let now = NOW;
  const next = createIds(() => now);
  const ids: string[] = [];
  for (let step = 0; step < 3_000; step++) {
    if (step === 500) now -= 1_000;
    if (step % 2 === 0) now += 1;
    ids.push(next());
  }
  expect(isIncreasing(ids)).toBe(true);
});

test("10,000 ids, and a clock that steps back a second among them: grow, each of its time within a second", () => {
  let now = NOW;
  const next = createIds(() => now);
  const made = Array.from({ length: 10_000 }, (_, step) => {
    if (step === 5_000) now -= 1_000;
    if (step % 10 === 0) now += 1;
    return { id: next(), now };
  });
  expect(isIncreasing(made.map(({ id }) => id))).toBe(true);
  const away = made.map(({ id, now }) => Math.abs(decodeTime(id) - now));
  expect(Math.max(...away)).toBeLessThanOrEqual(1_000);
});

test("the time part: when it was made, within a second", () => {
  const next = createIds(() => NOW);
  expect(decodeTime(next())).toBe(NOW);
});

test("two makers of ids: never the same one", () => {
  const makers = [createIds(() => NOW), createIds(() => NOW)];
  const ids = makers.flatMap(next => Array.from({ length: 1_000 }, () => next()));
  expect(new Set(ids).size).toBe(2_000);
});
