/** Times as people and Kubernetes write them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTime } from "../../src/model/time";

const NOON = Date.UTC(2026, 0, 15, 12);

describe("reading", () => {
  test.each([
    ["2026-01-15T12:00:00Z", NOON],
    ["2026-01-15t12:00:00z", NOON],
    ["2026-01-15T14:00:00+02:00", NOON],
    ["2026-01-15T06:30:00-05:30", NOON],
    ["2026-01-16T11:59:00+23:59", NOON],
    ["2026-01-15T12:00:00-00:00", NOON],
    ["2026-01-15T12:00:00.5Z", NOON + 500],
    ["2026-01-15T12:00:00.123456789Z", NOON + 123],
    ["1970-01-01T00:00:00Z", 0],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
    ["2000-02-29T00:00:00Z", Date.UTC(2000, 1, 29)],
    ["0000-01-01T00:00:00Z", -62_167_219_200_000],
    ["9999-12-31T23:59:59.999Z", 253_402_300_799_999],
  ])("%s: %d", (text, milliseconds) => {
    expect(parseTime(text)).toBe(milliseconds);
  });

  test.each([
    "",
    "now",
    "2026-01-15",
    "2026-01-15 12:00:00Z",
    "2026-01-15T12:00:00",
    "2026-01-15T12:00Z",
    "2026-01-15T12:00:00.Z",
    "2026-01-15T12:00:00+0200",
    "2026-00-15T12:00:00Z",
    "2026-13-15T12:00:00Z",
    "2026-01-00T12:00:00Z",
    "2026-02-29T12:00:00Z",
    "1900-02-29T12:00:00Z",
    "2026-04-31T12:00:00Z",
    "2026-01-15T24:00:00Z",
    "2026-01-15T12:60:00Z",
    "2026-01-15T12:00:60Z",
    "2026-01-15T12:00:00+24:00",
    "2026-01-15T12:00:00+02:60",
    "2026-01-15T12:00:00Z\n",
    " 2026-01-15T12:00:00Z",
    "२०२६-01-15T12:00:00Z",
    `2026-01-15T12:00:00.${"0".repeat(31)}Z`,
  ])("%o: no time", text => {
    expect(parseTime(text)).toBeUndefined();
  });
});

/** Years 0 to 9999. */
const moment = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

test("law: every time that Date writes is read as the same", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(moment, milliseconds => {
      expect(parseTime(new Date(milliseconds).toISOString())).toBe(milliseconds);
    }),
    { numRuns: 2_000 },
  );
});

test("law: what is read is what Date reads, offsets and all", { timeout: 60_000 }, () => {
  const two = (max: number) => fc.nat({ max }).map(value => String(value).padStart(2, "0"));
  const digits = fc.stringMatching(/^\d{1,3}$/);
  const text = fc
    .tuple(fc.nat({ max: 9999 }), two(14), two(33), two(25), two(61), two(61), digits, two(25))
    .map(([year, month, day, hour, minute, second, fraction, ahead]) => {
      const date = `${String(year).padStart(4, "0")}-${month}-${day}`;
      return `${date}T${hour}:${minute}:${second}.${fraction}${year % 2 ? "+" : "-"}${ahead}:30`;
    });
  fc.assert(
    fc.property(text, written => {
      const [date = "", time = ""] = written.split("T");
      const exists = !Number.isNaN(Date.parse(`${date}T00:00:00Z`));
      const isSame = exists && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
      const expected = Date.parse(written);
      // Date takes the 30th of February, and hour 24
      const isTime = isSame && !time.startsWith("24") && !Number.isNaN(expected);
      expect(parseTime(written)).toBe(isTime ? expected : undefined);
    }),
    { numRuns: 2_000 },
  );
});

test("any text: never throws", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const result = parseTime(text);
      expect(result === undefined || Number.isSafeInteger(result)).toBe(true);
    }),
  );
});
