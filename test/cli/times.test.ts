import { describe, expect, it } from "vitest";
import { age, ageOf, left, parseSpan } from "../../src/cli/times";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse("2026-01-15T10:00:00Z");

describe("age", () => {
  it.each([
    [0, "0s"],
    [-5 * second, "0s"],
    [119 * second, "119s"],
    [2 * minute, "2m"],
    [119 * minute, "119m"],
    [2 * hour, "2h"],
    [47 * hour, "47h"],
    [2 * day, "2d"],
    [400 * day, "400d"],
  ])("%i ms ago: %s", (passed, text) => {
    expect(age(now - passed, now)).toBe(text);
  });

  it("no time: a dash", () => {
    expect([undefined, "", "soon", 5].map(time => ageOf(time, now))).toEqual(["-", "-", "-", "-"]);
  });
});

describe("left", () => {
  it.each([
    ["2026-01-15T10:04:58Z", "4m58s"],
    ["2026-01-15T10:05:00Z", "5m"],
    ["2026-01-15T11:30:05Z", "1h30m"],
    ["2026-01-15T14:00:30Z", "4h"],
    ["2026-01-17T14:00:00Z", "2d4h"],
    ["2026-01-15T10:00:00.1Z", "1s"],
    ["2026-01-15T09:00:00Z", "0s"],
  ])("until %s: %s", (until, text) => {
    expect(left(until, now)).toBe(text);
  });

  it("no end: undefined", () => {
    expect(left("", now)).toBeUndefined();
    expect(left(undefined, now)).toBeUndefined();
  });
});

describe("parseSpan", () => {
  it.each([
    ["90s", 90 * second],
    ["24h", day],
    ["1h30m", 90 * minute],
    ["7d", 7 * day],
    ["7", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("%s", (text, milliseconds) => {
    expect(parseSpan(text)).toBe(milliseconds);
  });
});
