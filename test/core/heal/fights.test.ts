/** An object that is changed again each time it was healed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterHeal,
  calmUntil,
  healsInFight,
  PEACE,
  type Fight,
} from "../../../src/core/heal/fights";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function healed(...times: readonly number[]): Fight {
  return times.reduce(afterHeal, PEACE);
}

/** Heals as soon as may be: the pause after each. */
function pauses(count: number): readonly number[] {
  let fight = PEACE;
  let now = 1_000 * MINUTE;
  return Array.from({ length: count }, () => {
    fight = afterHeal(fight, now);
    const pause = Math.max(0, calmUntil(fight, now) - now);
    now += pause;
    return pause / SECOND;
  });
}

test("never healed: no pause", () => {
  expect(calmUntil(PEACE, 5)).toBe(0);
  expect(healsInFight(PEACE, 5)).toBe(0);
});

test("five heals in ten minutes: no pause before any of them; then 10 s, doubled up to five minutes", () => {
  expect(pauses(12)).toEqual([0, 0, 0, 0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

describe("heals that are far apart", () => {
  test("five within ten minutes: a fight; the first of them eleven minutes ago: none", () => {
    expect(healsInFight(healed(0, 1, 2, 3, 9 * MINUTE), 9 * MINUTE)).toBe(5);
    expect(healsInFight(healed(0, 1, 2, 3, 11 * MINUTE), 11 * MINUTE)).toBe(0);
  });

  test("ten minutes without a heal: peace again, and the next one begins anew", () => {
    const fight = healed(0, 1, 2, 3, 4, 5);
    const later = 5 + 10 * MINUTE;
    expect(calmUntil(fight, later - 1)).toBeGreaterThan(0);
    expect(calmUntil(fight, later)).toBe(0);
    expect(calmUntil(afterHeal(fight, later), later)).toBe(0);
  });
});

test("law: the pause ends within five minutes of the last heal, and never grows from waiting", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 5 * MINUTE }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(gaps, fc.nat({ max: 20 * MINUTE }), (all, wait) => {
      let last = 0;
      const fight = all.reduce((before, gap) => afterHeal(before, (last += gap)), PEACE);
      expect(calmUntil(fight, last)).toBeLessThanOrEqual(last + 5 * MINUTE);
      expect(calmUntil(fight, last + wait)).toBeLessThanOrEqual(calmUntil(fight, last));
    }),
  );
});
