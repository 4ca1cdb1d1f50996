/** The break-glass annotation: all the values of the contract. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { annotationsOf, isSuspended, readSuspension } from "../../../src/core/heal/suspension";

const AT = 1_768_473_000_000;
const HOUR = 3_600_000;
const set = (value: string, more: Readonly<Record<string, string>> = {}) => ({
  "nopea.io/suspend-heal": value,
  ...more,
});
/** Undefined: not suspended. */
const end = (value: string) => {
  const suspension = readSuspension(set(value), AT);
  return suspension && (suspension.until ?? Infinity);
};

describe("a value", () => {
  test.each(["true", "1", "yes"])("%s: until it is removed", value => {
    expect(end(value)).toBe(Infinity);
  });

  test.each([
    ["4h", 4 * HOUR],
    ["30m", HOUR / 2],
    ["90s", 90_000],
    ["1h30m", 1.5 * HOUR],
  ])("%s: from when it was set", (value, duration) => {
    expect(end(value)).toBe(AT + duration);
  });

  test.each([
    ["2026-01-15T12:00:00Z", AT + 1.5 * HOUR],
    ["2026-01-15T13:00:00+01:00", AT + 1.5 * HOUR],
    ["2020-01-01T00:00:00Z", 1_577_836_800_000],
  ])("%s: until then, whenever it was set", (value, until) => {
    expect(end(value)).toBe(until);
  });

  test.each(["", "false", "no", "0", "True", " true", "on", "4 hours", "-4h", "tomorrow", "4d"])(
    "%o: not suspended",
    value => {
      expect(end(value)).toBeUndefined();
    },
  );

  test("no annotation at all: not suspended", () => {
    expect(readSuspension({ "nopea.io/suspend-heal-reason": "x" }, AT)).toBeUndefined();
  });
});

test("a reason: told; an empty one: not", () => {
  const reason = { "nopea.io/suspend-heal-reason": "INC-4711" };
  expect(readSuspension(set("true", reason), AT)).toEqual({ at: AT, reason: "INC-4711" });
  expect(readSuspension(set("true", { "nopea.io/suspend-heal-reason": "" }), AT)).toEqual({
    at: AT,
  });
});

test("a timed one: until its end, and not at it", () => {
  const suspension = readSuspension(set("30m"), AT);
  expect(isSuspended(suspension, AT + HOUR / 2 - 1)).toBe(true);
  expect(isSuspended(suspension, AT + HOUR / 2)).toBe(false);
  expect(isSuspended(undefined, AT)).toBe(false);
});

test("what is taken off at its end: the annotation and its companions that are there, and nothing else", () => {
  const annotations = set("30m", {
    "nopea.io/suspend-heal-by": "larry",
    "nopea.io/suspend-heal-at": "x",
    "nopea.io/suspend-heal-until": "x",
    "nopea.io/suspend-heal-reason": "",
    "nopea.io/applied": "v1:d@c",
    "nopea.io/manual-edit": "[]",
    "example.com/other": "x",
  });
  expect([...annotationsOf(annotations)].sort()).toEqual([
    "nopea.io/suspend-heal",
    "nopea.io/suspend-heal-at",
    "nopea.io/suspend-heal-by",
    "nopea.io/suspend-heal-reason",
    "nopea.io/suspend-heal-until",
  ]);
  expect(annotationsOf(set("4h"))).toEqual(["nopea.io/suspend-heal"]);
});

test("law: any text is read without an exception, and a value without an end is one of three", () => {
  fc.assert(
    fc.property(fc.string(), value => {
      const isForever = end(value) === Infinity;
      expect(isForever).toBe(["true", "1", "yes"].includes(value));
    }),
  );
});
