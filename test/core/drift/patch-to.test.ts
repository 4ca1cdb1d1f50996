/** The patch between two versions of an object. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patchTo } from "../../../src/core/drift/patch-to";
import { withPart } from "../../../src/core/drift/with-part";
import type { Json, JsonObject } from "../../../src/model/json";
import { pathOf as part } from "../../support/drift-case";
import { fieldPath } from "../../support/field-paths";
import { patched } from "../../support/json-patch";

describe("a patch", () => {
  test("names in pointers are escaped", () => {
    expect(patchTo({ "a/b": { "~1": 1 } }, { "a/b": { "~1": 2 } })).toEqual([
      { op: "replace", path: "/a~1b/~01", value: 2 },
    ]);
  });

  test("items that go: from the end, and the others are not written again", () => {
    const live = { env: [{ name: "A" }, { name: "B" }, { name: "C" }, { name: "D" }] };
    const fewer = ["A", "C"].reduce(
      (object, name) => withPart(object, part(`env[name=${name}]`), undefined),
      live,
    );
    const more = withPart<JsonObject>(fewer, part("env[name=E]"), { name: "E" });
    expect(patchTo(live, more)).toEqual([
      { op: "remove", path: "/env/2" },
      { op: "remove", path: "/env/0" },
      { op: "add", path: "/env/-", value: { name: "E" } },
    ]);
  });

  test("an item that changes: only what changes of it", () => {
    const live = {
      env: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
    };
    expect(patchTo(live, withPart(live, part("env[name=B].value"), "3"))).toEqual([
      { op: "replace", path: "/env/1/value", value: "3" },
    ]);
  });

  test("an item that takes another's place: no member of the other stays", () => {
    const live: JsonObject = { env: [{ name: "A", valueFrom: {} }, { name: "B" }] };
    const without = withPart(live, part("env[name=A]"), undefined);
    const next = withPart(without, part("env[name=Z]"), { name: "Z", value: "1" });
    expect(patched(live, patchTo(live, next))).toEqual(next);
  });

  test("as many items as before, but others: those that stay are not written again", () => {
    const live: JsonObject = { set: ["a", "b", "c"] };
    const next = withPart(withPart(live, part('set[="a"]'), undefined), part('set[="d"]'), "d");
    expect(patchTo(live, next)).toEqual([
      { op: "remove", path: "/set/0" },
      { op: "add", path: "/set/-", value: "d" },
    ]);
  });

  test("law: carried out, it makes the one of the other; of the same it makes nothing", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(object, object, (from, to) => {
        expect(patched(from, patchTo(from, to))).toEqual({ ...to });
        expect(patchTo(from, from)).toEqual([]);
      }),
    );
  });

  test("law: also between versions that share parts", () => {
    const lists = fc.record({
      env: fc.uniqueArray(
        fc.record({ name: fc.constantFrom("a", "b", "c", "d"), value: fc.string() }),
        { selector: ({ name }) => name },
      ),
      set: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d")),
    });
    const change = fc.tuple(
      fc.constantFrom(
        ...["a", "b", "c", "d"].flatMap(name => [
          `env[name=${name}]`,
          `env[name=${name}].value`,
          `set[="${name}"]`,
        ]),
      ),
      fc.constantFrom<Json | undefined>(undefined, "x", "y"),
    );
    fc.assert(
      fc.property(lists, fc.array(change), (from: JsonObject, changes) => {
        const to = changes.reduce(
          (object, [path, value]) => withPart(object, part(path), value),
          from,
        );
        expect(patched(from, patchTo(from, to))).toEqual(to);
      }),
    );
  });
});

test("setting a part that is there already, or leaving out one that is not: the object itself", () => {
  fc.assert(
    fc.property(fieldPath, path => {
      const object: JsonObject = {};
      expect(withPart(object, path, undefined)).toBe(object);
    }),
  );
  const live = { env: [{ name: "A", value: "1" }] };
  expect(withPart(live, part("env[name=A].value"), "1")).toBe(live);
  expect(withPart(live, part("env[name=B].value"), undefined)).toBe(live);
});
