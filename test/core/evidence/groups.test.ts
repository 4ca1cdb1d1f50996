/** Which groups of a user are told. */
import { expect, test } from "vitest";
import { toldGroups } from "../../../src/core/evidence/groups";

const told = (groups: readonly string[]) => toldGroups({ name: "larry", groups, extra: [] });
const many = (count: number) => Array.from({ length: count }, (_, at) => `team-${at}`);

test("a group that everybody is in: left out, the others in their order", () => {
  expect(told(["sre", "system:authenticated", "ops"])).toEqual(["sre", "ops"]);
});

test("nothing else: none", () => {
  expect(told(["system:authenticated"])).toEqual([]);
  expect(told([])).toEqual([]);
});

test("ten: all of them, and what says nothing does not count", () => {
  expect(told(["system:authenticated", ...many(10)])).toEqual(many(10));
});

test("more: the first ten", () => {
  expect(told(many(12))).toEqual(many(10));
});
