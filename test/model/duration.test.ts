/** Durations as people write them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/model/duration";

describe("reading", () => {
  test.each([
    ["1s", 1_000],
    ["90s", 90_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["1h0m5s", 3_605_000],
    ["0s", 0],
    ["007s", 7_000],
    ["2h5s", 7_205_000],
  ])("%s: %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    "",
    "5",
    "s",
    "-5m",
    "1.5h",
    "5ms",
    "1d",
    "30m1h",
    "1h 30m",
    " 5m",
    "5m\n",
    "5M",
    "١s",
  ])("%o: no duration", text => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("any text: never throws", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const result = parseDuration(text);
        expect(result === undefined || result >= 0).toBe(true);
      }),
    );
  });
});

describe("writing", () => {
  test.each([
    [0, "0s"],
    [999, "1s"],
    [60_000, "1m"],
    [5_400_000, "1h30m"],
    [90_061_000, "25h1m1s"],
  ])("%d ms: %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test("law: what was written reads as the same time", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), seconds => {
        expect(parseDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });
});
