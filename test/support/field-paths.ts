/** Arbitrary field paths and field sets for property tests. */
import fc from "fast-check";
import type { FieldPath, PathElement } from "../../src/model/field-path";
import { fieldSetOf, type FieldSet } from "../../src/model/field-set";
import type { Json } from "../../src/model/json";

const nasty = fc.constantFrom(
  "",
  "spec",
  "a.b",
  'say "x"',
  "[0]",
  "a,b=c",
  "app.kubernetes.io/name",
  "größe",
  "__proto__",
  "true",
  "80",
  "-",
  "\\",
  "\n",
  "{",
);
const word = fc.oneof(nasty, fc.string(), fc.string({ unit: "binary" }));
const small: fc.Arbitrary<Json> = fc.oneof(
  word,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
  fc.boolean(),
  fc.constant(null),
);
const scalar = fc.oneof(small, fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }));

function elementOf(value: fc.Arbitrary<Json>): fc.Arbitrary<PathElement> {
  return fc.oneof(
    fc.record({ kind: fc.constant("field" as const), name: word }),
    fc.record({
      kind: fc.constant("item" as const),
      keys: fc
        .array(fc.tuple(word, value), { minLength: 1, maxLength: 3 })
        .map(entries => Object.fromEntries(entries)),
    }),
    fc.record({
      kind: fc.constant("member" as const),
      value: fc.oneof(value, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>),
    }),
    fc.record({ kind: fc.constant("index" as const), index: fc.nat() }),
  );
}

export const fieldPath: fc.Arbitrary<FieldPath> = fc.array(elementOf(scalar), { maxLength: 5 });

/** Of numbers within 2^53: beyond, the keys of lists are rounded as live objects are. */
export const fieldSet: fc.Arbitrary<FieldSet> = fc
  .array(fc.array(elementOf(small), { minLength: 1, maxLength: 4 }), { maxLength: 8 })
  .map(fieldSetOf);
