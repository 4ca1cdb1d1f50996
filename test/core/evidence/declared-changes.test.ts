/** Which declared fields a write changes: recorded edits of a real API server, and the law for all others. */
import fc from "fast-check";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { declaredChanges } from "../../../src/core/evidence/declared-changes";
import { project } from "../../../src/core/drift/project";
import { formatPath, parsePath, type FieldPath } from "../../../src/model/field-path";
import {
  fieldSetOf,
  formatFieldSet,
  leavesOf,
  NO_FIELDS,
  type FieldSet,
} from "../../../src/model/field-set";
import {
  isList,
  isObject,
  toCanonicalJson,
  type Json,
  type JsonObject,
} from "../../../src/model/json";
import { answerTo, knowing, requestOf } from "../../support/admission";
import { CASES, MARKS, readObject } from "../../support/drift-case";

const stamped = (before: JsonObject, after: JsonObject): readonly string[] => {
  const answer = answerTo(requestOf(before, after), knowing({ showValues: "all" }));
  const [edit] = isList(answer.stamp) ? answer.stamp : [];
  const changes = isObject(edit) && isList(edit.changes) ? edit.changes : [];
  return changes
    .flatMap(change => (isObject(change) && typeof change.path === "string" ? [change.path] : []))
    .sort();
};

// several writes in one recording, or an object that is another one
const NOT_ONE_WRITE = new Set(["recreated"]);

describe("recorded edits: what is stamped is what drift is found of", () => {
  const names = readdirSync(CASES).filter(
    name =>
      statSync(join(CASES, name)).isDirectory() &&
      !existsSync(join(CASES, name, "desired.yaml")) &&
      existsSync(join(CASES, name, "live.yaml")) &&
      existsSync(join(CASES, name, "base.yaml")) &&
      !NOT_ONE_WRITE.has(name),
  );

  test.each(names)("%s", name => {
    const [before, after] = ["applied.yaml", "live.yaml"].map(file => readObject(name, file));
    const expected = readObject(name, "expected.yaml") as unknown as readonly { path: string }[];
    if (before === undefined || after === undefined) throw new Error("the case is not complete");
    expect(stamped(before, after)).toEqual(expected.map(({ path }) => path).sort());
  });
});

const field = (name: string) => ({ kind: "field" as const, name });
const spec = (path: FieldPath): FieldPath => [field("spec"), ...path];

/** Few names and values, so that paths lead somewhere. */
const name = fc.constantFrom("a", "b", "name");
const scalar: fc.Arbitrary<Json> = fc.constantFrom("x", "y", "", 0, 1, true, null);
const { value } = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(
      fc.record({ name: fc.constantFrom("a", "b", "c"), a: scalar }, { noNullPrototype: true }),
      { maxLength: 3 },
    ),
    fc.array(scalar, { maxLength: 3 }),
  ),
}));
const step = fc.oneof(
  name.map(field),
  fc.constantFrom("a", "b", "c").map(text => ({ kind: "item" as const, keys: { name: text } })),
  scalar.map(member => ({ kind: "member" as const, value: member })),
  fc.nat({ max: 2 }).map(index => ({ kind: "index" as const, index })),
);
const fields = fc
  .array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 6 })
  .map(paths => fieldSetOf(paths.map(spec)));

const object = (content: Json, own: FieldSet): JsonObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: {
    name: "it",
    namespace: "shop",
    uid: "u-1",
    labels: MARKS.labels,
    managedFields: [
      { manager: MARKS.fieldManager, operation: "Apply", fieldsV1: formatFieldSet(own) },
    ],
  },
  spec: content,
});

/** Every field of the set that differs, by another way than the code: without managedFields, one by one. */
function differing(before: JsonObject, after: JsonObject, own: FieldSet): readonly FieldPath[] {
  return leavesOf(own).flatMap(({ path, counts }) => {
    const [from, to] = [before, after].map(of => project(of, fieldSetOf([path])).at(-1)?.value);
    const text = (of: Json | undefined) => {
      if (of === undefined) return "absent";
      return counts === "presence" ? "present" : toCanonicalJson(of);
    };
    return text(from) === text(to) || isFilled(from, to, counts) ? [] : [path];
  });
}

/** Declared as `{}` or `[]`, and filled by somebody who did not take it from us. */
function isFilled(from: Json | undefined, to: Json | undefined, counts: string): boolean {
  const isEmpty = (of: Json | undefined) =>
    of === undefined ||
    (isList(of) ? of.length === 0 : isObject(of) && Object.keys(of).length === 0);
  return counts === "value" && isEmpty(from) && (isObject(to) || isList(to));
}

const begins = (path: FieldPath, whole: FieldPath) =>
  path.length > whole.length && formatPath(path.slice(0, whole.length)) === formatPath(whole);

describe("law", () => {
  test("the stamp names exactly the declared paths whose value differs, an item that came or went as one", () => {
    fc.assert(
      fc.property(value, value, fields, (a, b, own) => {
        const [before, after] = [object(a, own), object(b, own)];
        const differ = differing(before, after, own);
        const told = stamped(before, after).map(text => parsePath(text) ?? []);
        const texts = new Set(differ.map(formatPath));
        // nothing that does not differ
        expect(told.filter(path => !texts.has(formatPath(path)))).toEqual([]);
        // and nothing that differs is left out
        const known = new Set(told.map(formatPath));
        const silent = differ.filter(path => !known.has(formatPath(path)));
        const excused = (path: FieldPath) =>
          told.some(item => item.at(-1)?.kind === "item" && begins(path, item)) ||
          differ.some(part => begins(part, path));
        expect(silent.filter(path => !excused(path))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("what was edited before is looked at like what is ours", () => {
    fc.assert(
      fc.property(value, value, fields, (a, b, edited) => {
        const [before, after] = [object(a, NO_FIELDS), object(b, NO_FIELDS)];
        const isWithoutEmpty = differing(before, after, edited);
        const told = declaredChanges(before, after, edited).map(({ path }) => formatPath(path));
        for (const path of isWithoutEmpty) {
          const part = told.some(text => {
            const other = parsePath(text) ?? [];
            return text === formatPath(path) || begins(path, other) || begins(other, path);
          });
          expect(part).toBe(true);
        }
      }),
    );
  });

  test("a write that changes nothing: nothing", () => {
    fc.assert(
      fc.property(value, fields, fields, (content, own, edited) => {
        const same = object(content, own);
        expect(declaredChanges(same, structuredClone(same), edited)).toEqual([]);
      }),
    );
  });
});
