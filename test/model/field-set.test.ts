/** Field sets, as managedFields hold them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath, parsePath } from "../../src/model/field-path";
import {
  fieldSetOf,
  formatFieldSet,
  hasField,
  isEmpty,
  leavesOf,
  NO_FIELDS,
  parseFieldSet,
  union,
} from "../../src/model/field-set";
import type { Json, JsonObject } from "../../src/model/json";
import { fieldSet } from "../support/field-paths";

const DEPLOYMENT: JsonObject = {
  "f:metadata": { "f:labels": { ".": {}, "f:app.kubernetes.io/name": {} } },
  "f:spec": {
    "f:selector": {},
    "f:template": {
      "f:spec": {
        "f:containers": {
          'k:{"name":"api"}': {
            ".": {},
            "f:image": {},
            "f:ports": {
              'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} },
            },
          },
        },
      },
    },
    "f:finalizers": { 'v:"x"': {}, "v:1": {} },
    "f:odd": { "i:3": {} },
  },
};

describe("a set of a Deployment", () => {
  const { fields, problems } = parseFieldSet(DEPLOYMENT);

  test("its leaves: what counts as a whole, and what only by being there", () => {
    expect(problems).toEqual([]);
    expect(leavesOf(fields).map(({ path, counts }) => `${formatPath(path)} ${counts}`)).toEqual([
      "metadata.labels presence",
      'metadata.labels["app.kubernetes.io/name"] value',
      'spec.finalizers[="x"] value',
      "spec.finalizers[=1] value",
      "spec.odd[3] value",
      "spec.selector value",
      "spec.template.spec.containers[name=api] presence",
      "spec.template.spec.containers[name=api].image value",
      "spec.template.spec.containers[name=api].ports[containerPort=80,protocol=TCP] presence",
      "spec.template.spec.containers[name=api].ports[containerPort=80,protocol=TCP].containerPort value",
    ]);
  });

  test.each([
    ["metadata.labels", true],
    ["spec", false],
    ["spec.selector", true],
    ["spec.selector.matchLabels", false],
    ["spec.template.spec.containers[name=api].image", true],
    ["spec.template.spec.containers[name=web].image", false],
    ["", false],
  ])("%s is in it: %s", (path, expected) => {
    expect(hasField(fields, parsePath(path) ?? [])).toBe(expected);
  });

  test("written back: as the API server wrote it", () => {
    expect(formatFieldSet(fields)).toEqual(DEPLOYMENT);
  });
});

test.each([
  [undefined, "fieldsV1 is not a map"],
  [[], "fieldsV1 is not a map"],
  [{ spec: {} }, '"spec" names no field'],
  [{ "f:spec": 1 }, 'what is below "f:spec" is not a map'],
  [{ "k:{": {} }, '"k:{" names no field'],
  [{ "k:{}": {} }, '"k:{}" names no field'],
  [{ 'k:{"a":[]}': {} }, '"k:{\\"a\\":[]}" names no field'],
  [{ "v:": {} }, '"v:" names no field'],
  [{ "i:x": {} }, '"i:x" names no field'],
  [{ "f:a": { "f:b": { x: {} } } }, '"x" names no field'],
] as [Json | undefined, string][])("%j: empty, and told why", (json, problem) => {
  const parsed = parseFieldSet(json);
  expect(isEmpty(parsed.fields)).toBe(true);
  expect(parsed.problems).toEqual([problem]);
});

test("a broken part: the rest is read", () => {
  const { fields, problems } = parseFieldSet({ "f:a": {}, b: {}, 'k:{"n":1}': { "f:c": {} } });
  expect(formatFieldSet(fields)).toEqual({ "f:a": {}, 'k:{"n":1}': { "f:c": {} } });
  expect(problems).toHaveLength(1);
});

test("nested without end: cut, not crashed", () => {
  let json: JsonObject = { "f:end": {} };
  for (let depth = 0; depth < 50_000; depth += 1) json = { "f:a": json };
  expect(parseFieldSet(json).problems).toEqual(["fields are nested deeper than 100 levels"]);
});

test("the same list key in another order: one item", () => {
  const { fields } = parseFieldSet({
    'k:{"a":1,"b":2}': { "f:x": {} },
    'k:{"b":2,"a":1}': { ".": {}, "f:y": {} },
  });
  expect(formatFieldSet(fields)).toEqual({
    'k:{"a":1,"b":2}': { ".": {}, "f:x": {}, "f:y": {} },
  });
});

test("an atomic field united with a part of it: there, and the part", () => {
  const [whole, part] = ["spec", "spec.a"].map(text => fieldSetOf([parsePath(text) ?? []]));
  expect(formatFieldSet(union(whole ?? NO_FIELDS, part ?? NO_FIELDS))).toEqual({
    "f:spec": { ".": {}, "f:a": {} },
  });
});

test("law: parse ∘ format = id", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fieldSet, set => {
      const text = JSON.stringify(formatFieldSet(set));
      const { fields, problems } = parseFieldSet(JSON.parse(text) as Json);
      expect(problems).toEqual([]);
      expect(fields).toEqual(set);
    }),
  );
});

test("law: a union holds what is in one of the two and nothing else", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fieldSet, fieldSet, (a, b) => {
      const both = union(a, b);
      expect(union(b, a)).toEqual(both);
      expect(union(both, a)).toEqual(both);
      expect(union(a, NO_FIELDS)).toEqual(a);
      const all = leavesOf(both).map(({ path }) => path);
      for (const path of all) expect(hasField(a, path) || hasField(b, path)).toBe(true);
      for (const { path } of [...leavesOf(a), ...leavesOf(b)])
        expect(hasField(both, path)).toBe(true);
      expect(fieldSetOf(all)).toEqual(both);
    }),
  );
});

test("law: garbage never throws", { timeout: 60_000 }, () => {
  const key = fc.oneof(fc.constantFrom(".", "f:a", 'k:{"a":1}', 'v:"x"', "i:1"), fc.string());
  const { garbage } = fc.letrec<{ garbage: Json }>(tie => ({
    garbage: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue() as fc.Arbitrary<Json>,
      fc.dictionary(key, tie("garbage")) as fc.Arbitrary<Json>,
    ),
  }));
  fc.assert(
    fc.property(garbage, json => {
      const { fields } = parseFieldSet(json);
      expect(parseFieldSet(formatFieldSet(fields)).fields).toEqual(fields);
    }),
  );
});
