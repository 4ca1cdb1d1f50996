/** What was seen at admission waits for a watch to confirm it: a moment, or as long as a deletion is under way. */
import { describe, expect, test } from "vitest";
import { formatKey } from "../../src/model/object-key";
import type { Testimony } from "../../src/model/testimony";
import { createTestimonies } from "../../src/worker/testimonies";
import { createFakeClock } from "../support/fake-clock";

const KEY = { group: "apps", kind: "Deployment", namespace: "shop", name: "api" };
const ID = formatKey(KEY);

/** A deletion that the edit of this id tells of. */
function testimony(id: string, more: Partial<Testimony> = {}): Testimony {
  return {
    record: `record-${id}`,
    key: KEY,
    apiVersion: "apps/v1",
    uid: "u-1",
    edit: { id, by: "larry", at: 0, verb: "DELETE", source: "admission", changes: [] },
    ...more,
  };
}

function create() {
  const clock = createFakeClock();
  const life = new AbortController();
  const underWay = new Set<string>();
  const discarded: string[] = [];
  const testimonies = createTestimonies({
    clock,
    isUnderWay: ({ record }) => underWay.has(record),
    discard: record => void discarded.push(record),
    life: life.signal,
  });
  const edits = (uid = "u-1", id = ID) => testimonies.of(id, uid).map(edit => edit.id);
  return { clock, life, underWay, discarded, testimonies, edits };
}

describe("unused", () => {
  test("just under 10 s: there, and its record too", async () => {
    const { clock, discarded, testimonies, edits } = create();
    testimonies.add(testimony("a"));
    await clock.advance(9_999);
    expect(edits()).toEqual(["a"]);
    expect(discarded).toEqual([]);
  });

  test("10 s: gone, and its record taken away once", async () => {
    const { clock, discarded, testimonies, edits } = create();
    testimonies.add(testimony("a"));
    await clock.advance(10_000);
    expect(edits()).toEqual([]);
    await clock.advance(60_000);
    expect(discarded).toEqual(["record-a"]);
  });

  test("told of again meanwhile: its time runs from the first, and it counts once", async () => {
    const { clock, discarded, testimonies, edits } = create();
    testimonies.add(testimony("a"));
    await clock.advance(6_000);
    testimonies.add(testimony("a"));
    expect(edits()).toEqual(["a"]);
    await clock.advance(4_000);
    expect(edits()).toEqual([]);
    await clock.advance(60_000);
    expect(discarded).toEqual(["record-a"]);
  });

  test("told of again after it is gone: another 10 s", async () => {
    const { clock, discarded, testimonies, edits } = create();
    testimonies.add(testimony("a"));
    await clock.advance(10_000);
    testimonies.add(testimony("a"));
    await clock.advance(9_999);
    expect(edits()).toEqual(["a"]);
    await clock.advance(1);
    expect(discarded).toEqual(["record-a", "record-a"]);
  });

  test("each has its own time", async () => {
    const { clock, discarded, testimonies, edits } = create();
    testimonies.add(testimony("a"));
    await clock.advance(5_000);
    testimonies.add(testimony("b"));
    await clock.advance(5_000);
    expect(edits()).toEqual(["b"]);
    expect(discarded).toEqual(["record-a"]);
  });

  test("the worker ends: nobody takes anything away any more", async () => {
    const { clock, life, discarded, testimonies } = create();
    testimonies.add(testimony("a"));
    life.abort();
    testimonies.add(testimony("b"));
    await clock.advance(60_000);
    expect(discarded).toEqual([]);
  });
});

describe("under way", () => {
  test("its object takes its time to end: kept until it has ended, then looked at within 10 s", async () => {
    const { clock, underWay, discarded, testimonies, edits } = create();
    underWay.add("record-a");
    testimonies.add(testimony("a"));
    await clock.advance(65_000);
    expect(edits()).toEqual(["a"]);
    underWay.clear();
    await clock.advance(4_999);
    expect(discarded).toEqual([]);
    await clock.advance(1);
    expect(edits()).toEqual([]);
    expect(discarded).toEqual(["record-a"]);
  });

  test("confirmed: no longer kept, and not taken away twice", async () => {
    const { clock, underWay, discarded, testimonies, edits } = create();
    underWay.add("record-a");
    const seen = testimony("a");
    testimonies.add(seen);
    await clock.advance(15_000);
    testimonies.confirm([seen.edit], "other");
    expect(edits()).toEqual([]);
    await clock.advance(60_000);
    expect(discarded).toEqual(["record-a"]);
  });
});

describe("confirmed", () => {
  test("another record tells of it: its own is taken away at once", () => {
    const { discarded, testimonies, edits } = create();
    const seen = testimony("a");
    testimonies.add(seen);
    testimonies.confirm([seen.edit], "other");
    expect(edits()).toEqual([]);
    expect(discarded).toEqual(["record-a"]);
  });

  test("its own record tells of it: that stays, also after 10 s", async () => {
    const { clock, discarded, testimonies, edits } = create();
    const seen = testimony("a");
    testimonies.add(seen);
    testimonies.confirm([seen.edit], "record-a");
    expect(edits()).toEqual([]);
    await clock.advance(60_000);
    expect(discarded).toEqual([]);
  });

  test("two of one episode: the record of the first stays, that of the second goes", async () => {
    const { clock, discarded, testimonies } = create();
    const [first, second] = [testimony("a"), testimony("b")];
    testimonies.add(first);
    testimonies.add(second);
    testimonies.confirm([first.edit, second.edit], "record-a");
    await clock.advance(60_000);
    expect(discarded).toEqual(["record-b"]);
  });

  test("another edit: what was not told of stays", () => {
    const { discarded, testimonies, edits } = create();
    const [first, second] = [testimony("a"), testimony("b")];
    testimonies.add(first);
    testimonies.add(second);
    testimonies.confirm([second.edit], "other");
    testimonies.confirm([], "record-a");
    expect(edits()).toEqual(["a"]);
    expect(discarded).toEqual(["record-b"]);
  });
});

describe("edits of an object", () => {
  test("newest first", () => {
    const { testimonies, edits } = create();
    for (const id of ["a", "b", "c"]) testimonies.add(testimony(id));
    expect(edits()).toEqual(["c", "b", "a"]);
  });

  test("that was made anew since: those of the same uid alone", () => {
    const { testimonies, edits } = create();
    testimonies.add(testimony("a", { uid: "u-1" }));
    testimonies.add(testimony("b", { uid: "u-2" }));
    expect(edits("u-1")).toEqual(["a"]);
    expect(edits("u-2")).toEqual(["b"]);
    expect(edits("u-3")).toEqual([]);
  });

  test("whose uid nobody knows: all of them", () => {
    const { testimonies, edits } = create();
    testimonies.add(testimony("a", { uid: "u-1" }));
    testimonies.add(testimony("b", { uid: "u-2" }));
    expect(edits("")).toEqual(["b", "a"]);
  });

  test("another object: none of them, whatever the uid", () => {
    const { testimonies, edits } = create();
    testimonies.add(testimony("a"));
    const other = formatKey({ ...KEY, name: "web" });
    expect(edits("u-1", other)).toEqual([]);
    expect(edits("", other)).toEqual([]);
  });
});
