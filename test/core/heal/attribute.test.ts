/** Who made the edits of an episode: what was sealed, and what is left for inference. */
import { describe, expect, test } from "vitest";
import { attribute, withNames, type Attributing } from "../../../src/core/heal/attribute";
import { HIDDEN } from "../../../src/model/drift";
import type { Change, Edit } from "../../../src/model/episode";

const larry = (id: string, at: number, ...changes: readonly Change[]): Edit => ({
  ...{ id, at, changes, by: "larry", verb: "UPDATE", source: "admission" },
});

const guess = (changes: readonly Change[], more: Partial<Edit> = {}): Edit => ({
  ...{ id: "guess", by: "unknown", at: 50, verb: "UPDATE", source: "inferred", changes },
  ...more,
});

/** What is told, with one guess for everything that is left to infer. */
function told(given: Partial<Attributing>): readonly Edit[] {
  const { differing = [] } = given;
  return attribute({
    ...{ stamped: [], testified: [], told: new Set<string>(), differing, changes: differing },
    infer: changes => [guess(changes)],
    ...given,
  });
}

const paths = (edits: readonly Edit[]) =>
  edits.map(({ by, changes }) => `${by} ${changes.map(({ path }) => path).join()}`.trim());

const k: Change = { path: "data.k", from: '"git"', to: '"hand"' };
const other: Change = { path: "data.other", to: '"x"' };

describe("what was sealed", () => {
  test("an edit of what differs: told, and nothing is inferred", () => {
    expect(told({ stamped: [larry("e1", 10, k)], differing: [k] })).toEqual([larry("e1", 10, k)]);
  });

  test("edits that are told already: not told again, and what they explain is not inferred", () => {
    const stamped = [larry("e1", 10, k), larry("e2", 20, other)];
    const edits = told({ stamped, told: new Set(["e1"]), differing: [k, other] });
    expect(edits).toEqual([larry("e2", 20, other)]);
  });

  test("the same field twice: both, oldest first", () => {
    const stamped = [larry("e1", 10, { path: "data.k", to: '"draft"' }), larry("e2", 20, k)];
    expect(told({ stamped, differing: [k] }).map(({ id }) => id)).toEqual(["e1", "e2"]);
  });

  test("set back by somebody unseen to what an older edit had made of it: inferred", () => {
    const stamped = [larry("e1", 10, k), larry("e2", 20, { path: "data.k", to: '"kim"' })];
    expect(paths(told({ stamped, differing: [k] }))).toEqual([
      "larry data.k",
      "larry data.k",
      "unknown data.k",
    ]);
  });

  test("an edit of what is as Git declares again: not told", () => {
    expect(told({ stamped: [larry("e1", 10, k)], differing: [other] })).toEqual([guess([other])]);
  });

  test("an edit that was too long to be told: told, though nobody knows of what", () => {
    expect(paths(told({ stamped: [larry("e1", 10)], differing: [k] }))).toEqual([
      "larry",
      "unknown data.k",
    ]);
  });

  test("a whole of which one part differs, or a part of what differs: explains it", () => {
    const part = { path: "data.map.k", to: '"hand"' };
    const whole = { path: "data.map", to: '{"k":"hand"}' };
    expect(paths(told({ stamped: [larry("e1", 10, whole)], differing: [part] }))).toEqual([
      "larry data.map",
    ]);
    expect(paths(told({ stamped: [larry("e1", 10, part)], differing: [whole] }))).toEqual([
      "larry data.map.k",
    ]);
  });

  test("a field whose name only begins alike: not a part of it", () => {
    const stamped = [larry("e1", 10, { path: "data.ma", to: '"x"' })];
    expect(paths(told({ stamped, differing: [{ path: "data.map", to: '"x"' }] }))).toEqual([
      "unknown data.map",
    ]);
  });

  test.each([
    ["cut", '"a very long…'],
    ["hidden", HIDDEN],
    ["hidden in a part", `{"k":"${HIDDEN}"}`],
    ["left out", undefined],
  ])("a value that is %s: taken for what is there", (_, to) => {
    const stamped = [larry("e1", 10, { path: "data.k", ...(to === undefined ? {} : { to }) })];
    expect(paths(told({ stamped, differing: [k] }))).toEqual(["larry data.k"]);
  });
});

describe("what was not sealed", () => {
  test("no stamp at all: inferred as a whole", () => {
    expect(told({ differing: [k, other] })).toEqual([guess([k, other])]);
  });

  test("nothing differs: nothing is inferred", () => {
    const infer = () => {
      throw new Error("there is nothing to infer");
    };
    expect(told({ infer })).toEqual([]);
  });

  test("another field than the sealed one: inferred, beside it and in the order of time", () => {
    const differing = [k, other];
    expect(paths(told({ stamped: [larry("e1", 10, k)], differing }))).toEqual([
      "larry data.k",
      "unknown data.other",
    ]);
    expect(paths(told({ stamped: [larry("e1", 90, k)], differing }))).toEqual([
      "unknown data.other",
      "larry data.k",
    ]);
  });

  test("the sealed field with another value by now: somebody came after, and is inferred", () => {
    const now = { ...k, to: '"later"' };
    expect(told({ stamped: [larry("e1", 10, k)], differing: [now] })).toEqual([
      larry("e1", 10, k),
      guess([now]),
    ]);
  });

  test("what differs and is told already: not inferred again", () => {
    expect(told({ differing: [k, other], changes: [other] })).toEqual([guess([other])]);
  });
});

describe("what was seen at admission of a write that leaves no stamp", () => {
  const scale = (to: string): Edit => ({
    ...larry("s1", 40, { path: "spec.replicas", from: "3", to }),
    verb: "SCALE",
    groups: ["sre"],
  });
  const deletion: Edit = { ...larry("d1", 40), verb: "DELETE" };

  test("a deletion: the inferred one gets its name and its time", () => {
    expect(withNames([guess([], { verb: "DELETE" })], [deletion])).toEqual([deletion]);
  });

  test("a deletion that was seen: names no edit that is none", () => {
    const edits = [guess([k])];
    expect(withNames(edits, [deletion])).toEqual(edits);
  });

  test("a scaling: named, with the field that managedFields know and the manager", () => {
    const edit = guess([{ path: "spec.size", to: "5" }], { verb: "SCALE", manager: "kubectl" });
    const changes = [{ path: "spec.size", from: "3", to: "5" }];
    expect(withNames([edit], [scale("5")])).toEqual([
      { ...scale("5"), changes, manager: "kubectl" },
    ]);
  });

  test("a scaling to another number than there is: names nobody", () => {
    const edits = [guess([{ path: "spec.replicas", to: "6" }], { verb: "SCALE" })];
    expect(withNames(edits, [scale("5")])).toEqual(edits);
  });

  test("a scaling to none, which leaves no trace: known by its field", () => {
    const edit = guess([{ path: "spec.replicas", to: "0" }]);
    expect(withNames([edit], [scale("0")])).toEqual([scale("0")]);
    const elsewhere = [guess([{ path: "spec.minReady", to: "0" }])];
    expect(withNames(elsewhere, [scale("0")])).toEqual(elsewhere);
  });

  test("an edit of more than the number: not the scaling", () => {
    const edits = [guess([{ path: "spec.replicas", to: "5" }, k])];
    expect(withNames(edits, [scale("5")])).toEqual(edits);
  });

  test("an edit that has a name: keeps it", () => {
    const kim: Edit = { ...scale("5"), id: "s0", by: "kim" };
    expect(withNames([kim], [scale("5")])).toEqual([kim]);
    expect(withNames([{ ...deletion, by: "kim" }], [deletion])).toEqual([
      { ...deletion, by: "kim" },
    ]);
  });

  test("several that fit: the newest, which comes first", () => {
    const kim: Edit = { ...scale("5"), id: "s2", by: "kim" };
    const edit = guess([{ path: "spec.replicas", to: "5" }], { verb: "SCALE" });
    expect(withNames([edit], [kim, scale("5")])[0]?.by).toBe("kim");
  });

  test("as one of all edits: in its place in time", () => {
    const differing = [k, { path: "spec.replicas", from: "3", to: "0" }];
    const stamped = [larry("e1", 45, k)];
    const edits = told({ stamped, testified: [scale("0")], differing });
    expect(edits.map(({ id }) => id)).toEqual(["s1", "e1"]);
  });

  test("a deletion of what somebody scaled: not the scaling", () => {
    const edits = [guess([], { verb: "DELETE" })];
    expect(withNames(edits, [scale("0")])).toEqual(edits);
  });
});
