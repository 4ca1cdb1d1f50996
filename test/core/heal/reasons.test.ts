/** Why a field is held, in the words of a record. */
import { expect, test } from "vitest";
import { PEACE } from "../../../src/core/heal/fights";
import { reasonsOf, type Reasoning } from "../../../src/core/heal/reasons";

const RULES = { healPolicy: "manual", conflictPolicy: "live" } as const;

function reasons(change: Partial<Reasoning> = {}) {
  return reasonsOf({
    rules: RULES,
    graceMs: 300_000,
    fight: PEACE,
    suspension: undefined,
    ...change,
  });
}

test("grace: names the period, as the spec writes it", () => {
  expect(reasons().grace).toBe("grace period of 5m");
});

test("grace of a spec that has none any more: says so without a period", () => {
  expect(reasons({ graceMs: undefined }).grace).toBe("grace period");
});

test("policy: names the policy", () => {
  expect(reasons().policy).toContain("healPolicy manual");
  expect(reasons({ rules: { ...RULES, healPolicy: "notify" } }).policy).toContain("notify");
});

test("suspended: with the reason that people gave", () => {
  expect(reasons({ suspension: { at: 0 } }).suspended).toBe("nopea.io/suspend-heal is set");
  expect(reasons({ suspension: { at: 0, reason: "INC-4711" } }).suspended).toMatch(/: INC-4711$/);
});

test("fight: how often it was healed", () => {
  expect(reasons({ fight: { heals: [1, 2, 3], rounds: 1 } }).fight).toContain("healed 3 times");
});
