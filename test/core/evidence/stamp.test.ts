/** The stamp: what it holds, how long it gets, and that nothing that is read of it can do harm. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clock } from "../../../src/adapters/clock";
import { inSeconds } from "../../../src/core/heal/record";
import { formatStamp, readStamp } from "../../../src/core/evidence/stamp";
import type { Edit } from "../../../src/model/episode";
import { anyEpisode, episode } from "../../support/episodes";
import { NOW } from "../../support/admission";

const rfc3339 = (milliseconds: number) => clock.rfc3339(milliseconds);
const bytes = (text: string) => Buffer.byteLength(text);

const edit = (id: string, more: Partial<Edit> = {}): Edit => ({
  id,
  by: "larry",
  at: NOW,
  verb: "UPDATE",
  source: "admission",
  changes: [{ path: "spec.replicas", from: "1", to: "2" }],
  ...more,
});

describe("length", () => {
  test("more than five: the newest five", () => {
    const edits = ["1", "2", "3", "4", "5", "6"].map(id => edit(id));
    expect(readStamp(formatStamp(edits, rfc3339)).map(({ id }) => id)).toEqual([
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
  });

  test("too long: the oldest go first", () => {
    const long = { changes: [{ path: "spec.x", from: "x".repeat(3000) }] };
    const text = formatStamp([edit("1", long), edit("2", long), edit("3", long)], rfc3339);
    expect(readStamp(text).map(({ id }) => id)).toEqual(["2", "3"]);
  });

  test("one that is too long: its values are cut", () => {
    const changes = Array.from({ length: 20 }, (_, at) => ({
      path: `spec.f${at}`,
      from: "ä".repeat(500),
    }));
    const text = formatStamp([edit("1", { changes })], rfc3339);
    const [read] = readStamp(text);
    expect(read?.changes).toHaveLength(20);
    expect(read?.changes[0]?.from).toBe(`${"ä".repeat(39)}…`);
  });

  test("with very many fields: the values go, then fields", () => {
    const changes = Array.from({ length: 1000 }, (_, at) => ({ path: `spec.f${at}`, to: "1" }));
    const text = formatStamp([edit("1", { changes })], rfc3339);
    const [read] = readStamp(text);
    expect(bytes(text)).toBeLessThanOrEqual(8192);
    expect(read?.changes[0]).toEqual({ path: "spec.f0" });
    expect(read?.changes).toHaveLength(250);
  });

  test("with a name of 20 KiB: still a stamp", () => {
    const text = formatStamp(
      [edit("1", { by: "\u0000".repeat(20_000), groups: ["g".repeat(9000)] })],
      rfc3339,
    );
    expect(bytes(text)).toBeLessThanOrEqual(8192);
    expect(readStamp(text)).toHaveLength(1);
  });
});

describe("law", () => {
  test("what is written and fits is read again, to the second", () => {
    fc.assert(
      fc.property(anyEpisode, ({ edits }) => {
        const whole = inSeconds(episode("r", { edits })).edits;
        expect(readStamp(formatStamp(edits, rfc3339))).toEqual(whole);
      }),
    );
  });

  test("never longer than 8 KiB, always JSON, and the newest edit is in it", () => {
    const long = fc
      .tuple(fc.constantFrom("a", "ä", "\u0000", "😀", "\ud800"), fc.nat({ max: 3000 }))
      .map(([letter, count]) => letter.repeat(count));
    const [path, value] = [long, fc.option(long, { nil: undefined })];
    const changes = fc.array(
      fc
        .record({ path, to: value })
        .map(({ path, to }) => ({ path, ...(to === undefined ? {} : { to }) })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.array(changes, { minLength: 1, maxLength: 7 }), all => {
        const edits = all.map((changes, at) => edit(`${at}`, { changes }));
        const text = formatStamp(edits, rfc3339);
        expect(bytes(text)).toBeLessThanOrEqual(8192);
        expect(readStamp(text).at(-1)?.id).toBe(edits.at(-1)?.id);
      }),
      { numRuns: 50 },
    );
  });

  test("reading never throws, and reads no more than five", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map(value => JSON.stringify([value, { id: "a", at: value, verb: "UPDATE" }])),
    );
    fc.assert(
      fc.property(text, written => {
        expect(readStamp(written).length).toBeLessThanOrEqual(5);
      }),
    );
    const many = JSON.stringify(
      Array.from({ length: 50 }, () => ({ id: "1", at: rfc3339(NOW), verb: "UPDATE" })),
    );
    expect(readStamp(many)).toHaveLength(5);
    expect(readStamp("[".repeat(8192))).toEqual([]);
    expect(readStamp(`${many}${" ".repeat(9000)}`)).toEqual([]);
  });
});
