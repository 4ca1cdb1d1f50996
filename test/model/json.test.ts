/** JSON with whole numbers of any size, and the form that digests are made of. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isList, isObject, toCanonicalJson, toJson, type Json } from "../../src/model/json";

const json = fc.jsonValue() as fc.Arbitrary<Json>;

test("whole numbers beyond 2^53: written digit by digit, wherever they stand", () => {
  const value = { a: [9_007_199_254_740_993n], b: { c: -1n } };
  expect(toJson(value)).toBe('{"a":[9007199254740993],"b":{"c":-1}}');
  expect(toCanonicalJson(value)).toBe('{"a":[9007199254740993],"b":{"c":-1}}');
});

test("a member that is undefined: left out", () => {
  expect(toJson({ a: undefined, b: null })).toBe('{"b":null}');
  expect(toCanonicalJson({ a: undefined, b: null })).toBe('{"b":null}');
});

test("keys that are special in JavaScript: keys like any other", () => {
  const value = JSON.parse('{"__proto__":1,"constructor":2,"2":3,"10":4}') as Json;
  expect(toCanonicalJson(value)).toBe('{"10":4,"2":3,"__proto__":1,"constructor":2}');
});

test("law: what JSON holds is written as JSON.stringify writes it", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(json, value => {
      expect(toJson(value)).toBe(JSON.stringify(value));
    }),
  );
});

test(
  "law: the canonical form holds the same, whatever the order of the keys",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(json, value => {
        const text = toCanonicalJson(value);
        expect(toCanonicalJson(reversed(value))).toBe(text);
        expect(toCanonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(toCanonicalJson(JSON.parse(toJson(value)) as Json)).toBe(text);
      }),
    );
  },
);

test("what is an object, and what a list", () => {
  expect([{}, [], null, "a", 1, true, undefined, 1n].map(value => isObject(value))).toEqual([
    true,
    ...Array<boolean>(7).fill(false),
  ]);
  expect([[], {}, "a"].map(value => isList(value))).toEqual([true, false, false]);
});

/** The same value with the keys of every object the other way round. */
function reversed(value: Json): Json {
  if (isList(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, reversed(member ?? null)]));
}
