/** Who changed a field: Git, a hand, or both. What a real API server answers is in golden.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takeSnapshot } from "../../../src/core/drift/snapshot";
import { compareThreeWay, type Comparison } from "../../../src/core/drift/three-way";
import { fieldSetOf, formatFieldSet, parseFieldSet, union } from "../../../src/model/field-set";
import { declaredLeaves } from "../../../src/core/drift/declared-leaves";
import { isList, isObject, type Json, type JsonObject } from "../../../src/model/json";
import { driftOf, readCase, READER } from "../../support/drift-case";

describe("the base is not known any more", () => {
  test("Git and a hand changed the field: counts as changed by hand", () => {
    const { desired, live, applied } = readCase("edit-and-another-git-value");
    expect(driftOf({ base: undefined, desired, live, applied })).toMatchObject({
      fields: [{ class: "manual_drift", to: '"registry.local/api:hotfix"' }],
    });
  });

  test("nobody to compare with: what differs from Git counts as changed by hand", () => {
    const { desired, live } = readCase("forced-by-another");
    const drift = compareThreeWay({ base: undefined, desired, live, snapshot: undefined }, READER);
    expect(drift).toEqual({
      object: "present",
      fields: [{ path: "data.level", class: "manual_drift", from: '"info"', to: '"debug"' }],
    });
  });
});

test("no snapshot, but a base: Git's changes are Git's", () => {
  const { base, live } = readCase("forced-by-another");
  const desired = { ...base, data: { level: "warn", empty: "new" } };
  const drift = compareThreeWay({ base, desired, live, snapshot: undefined }, READER);
  expect(drift).toEqual({
    object: "present",
    fields: [
      { path: "data.empty", class: "git_change", from: '""', to: '"new"' },
      { path: "data.level", class: "conflict", from: '"info"', to: '"debug"', git: '"warn"' },
    ],
  });
});

test("Git drops a field that a hand emptied: gone is not empty", () => {
  const { base, applied, live } = readCase("forced-by-another");
  const desired = { ...base, data: { empty: "" } };
  const emptied = { ...live, data: { level: "", empty: "" } };
  const snapshot = takeSnapshot(applied, base ?? {}, READER);
  expect(compareThreeWay({ base, desired, live: emptied, snapshot }, READER)).toMatchObject({
    fields: [{ path: "data.level", class: "conflict", from: '"info"', to: '""', git: undefined }],
  });
});

test("a Secret: no value is told, whatever changed", () => {
  for (const name of [
    "secret-edited-through-data",
    "secret-changed-in-both",
    "secret-key-removed",
  ]) {
    const { applied, live, ...git } = readCase(name);
    // as an item of a list it does not say what it is
    const again = {
      ...live,
      apiVersion: undefined,
      kind: undefined,
      metadata: { ...(live?.metadata as JsonObject), uid: "another" },
    };
    for (const drift of [
      driftOf({ applied, live, ...git }),
      driftOf({ applied, live: again, ...git }),
    ]) {
      expect(JSON.stringify(drift)).not.toMatch(/[A-Za-z0-9+/]{12,}={0,2}"/);
      expect(JSON.stringify(drift)).toContain("(changed)");
    }
  }
});

// ---- laws: objects of maps, scalars, an atomic list and two keyed lists

const word = fc.constantFrom("a", "b", "c", "x.y", "", "__proto__");
const scalar: fc.Arbitrary<Json> = fc.oneof(fc.constantFrom("", "v", "w", 0, 1, true, false));
const keyed = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("n", "m", "o"),
    value: scalar,
    more: fc.dictionary(word, scalar),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
);
const spec = fc.record({
  map: fc.dictionary(word, fc.oneof(scalar, fc.dictionary(word, scalar))),
  atomic: fc.array(scalar, { maxLength: 3 }),
  items: keyed,
  single: scalar,
});
const manifest: fc.Arbitrary<JsonObject> = spec.map(spec => ({
  apiVersion: "example.com/v1",
  kind: "Example",
  metadata: { name: "a" },
  spec: spec,
}));

const KEYED = parseFieldSet({
  "f:spec": { "f:items": { 'k:{"name":"-"}': { "f:-": {} } } },
}).fields;

/** What an API server would answer, if it had no defaults. */
function answerTo(declared: JsonObject): JsonObject {
  const items = isObject(declared.spec) && isList(declared.spec.items) ? declared.spec.items : [];
  const owned = items.flatMap(item =>
    isObject(item) && typeof item.name === "string"
      ? [
          ["spec", "items"]
            .map(name => ({ kind: "field", name }) as const)
            .concat({ kind: "item", keys: { name: item.name } } as never),
        ]
      : [],
  );
  const fields = union(fieldSetOf(declaredLeaves(declared, KEYED)), fieldSetOf(owned));
  const fieldsV1 = formatFieldSet(fields);
  const entry = { manager: READER.fieldManager, operation: "Apply", fieldsV1 };
  return { ...declared, metadata: { name: "a", uid: "1", managedFields: [entry] } };
}

function comparisonOf(base: JsonObject, desired: JsonObject, live: JsonObject): Comparison {
  return { base, desired, live, snapshot: takeSnapshot(answerTo(base), base, READER) };
}

/** The same object, written from the end. */
function reversed(value: Json): Json {
  if (isList(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, below]) => [name, below ?? null] as const);
  return Object.fromEntries(
    entries.reverse().map(([name, below]) => {
      const turned = reversed(below);
      return [name, name === "items" && isList(turned) ? [...turned].reverse() : turned];
    }),
  );
}

const classes = (comparison: Comparison) => {
  const drift = compareThreeWay(comparison, READER);
  if (drift.object === "deleted") throw new Error("it is there");
  return drift.fields;
};

describe("laws", { timeout: 60_000 }, () => {
  test("x, x, x is in sync, with a snapshot and without", () => {
    fc.assert(
      fc.property(manifest, x => {
        const comparison = comparisonOf(x, x, answerTo(x));
        expect(classes(comparison)).toEqual([]);
        expect(classes({ ...comparison, snapshot: undefined })).toEqual([]);
      }),
    );
  });

  test("the order of keys and of keyed lists changes nothing", () => {
    fc.assert(
      fc.property(manifest, manifest, manifest, (base, desired, edited) => {
        const live = { ...answerTo(base), spec: edited.spec };
        const [b, d, l] = [base, desired, live].map(object => reversed(object) as JsonObject);
        const turned = comparisonOf(b ?? {}, d ?? {}, l ?? {});
        expect(classes(turned)).toEqual(classes(comparisonOf(base, desired, live)));
      }),
    );
  });

  test("without a hand there is only Git's change, without Git only the hand's", () => {
    fc.assert(
      fc.property(manifest, manifest, (one, other) => {
        const byGit = classes(comparisonOf(one, other, answerTo(one)));
        expect(byGit.every(field => field.class === "git_change")).toBe(true);
        const edited = { ...answerTo(one), spec: other.spec };
        const byHand = classes(comparisonOf(one, one, edited));
        expect(byHand.every(field => field.class === "manual_drift")).toBe(true);
      }),
    );
  });

  test("the base is unknown: never a Git change, never a conflict", () => {
    fc.assert(
      fc.property(manifest, manifest, fc.boolean(), (desired, edited, witnessed) => {
        const live = { ...answerTo(desired), spec: edited.spec };
        const { snapshot } = comparisonOf(desired, desired, live);
        const known = { base: undefined, desired, live };
        const fields = classes({ ...known, snapshot: witnessed ? snapshot : undefined });
        expect(fields.every(field => field.class === "manual_drift")).toBe(true);
      }),
    );
  });

  test("one field edited by hand: that field, and no other", () => {
    fc.assert(
      fc.property(manifest, scalar, (x, value) => {
        const before = isObject(x.spec) ? x.spec.single : undefined;
        fc.pre(before !== value);
        const live = { ...answerTo(x), spec: { ...(x.spec as JsonObject), single: value } };
        const sides = { from: JSON.stringify(before), to: JSON.stringify(value) };
        expect(classes(comparisonOf(x, x, live))).toEqual([
          { path: "spec.single", class: "manual_drift", ...sides },
        ]);
      }),
    );
  });

  test("any JSON for a live object: an answer", () => {
    fc.assert(
      fc.property(
        manifest,
        fc.dictionary(fc.constantFrom("metadata", "spec", "a"), fc.jsonValue()),
        (x, json) => {
          const live = json as JsonObject;
          expect(compareThreeWay(comparisonOf(x, x, live), READER).object).toBe("recreated");
          compareThreeWay({ ...comparisonOf(x, x, live), snapshot: undefined }, READER);
        },
      ),
    );
  });
});
