import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { formatFloatKey, parseInteger } from "../../../src/core/render/numbers";
import { parseFile } from "../../../src/core/render/parse-file";
import { type Json, toCanonicalJson } from "../../../src/model/json";

const VALID = `apiVersion: v1
kind: List
items:
- &a
  apiVersion: apps/v1
  kind: Deployment # c
  metadata: {name: "a", labels: {x: 'y'}, annotations: {<<: {b: c}}}
  spec:
    args: [--x, !!str 1, "\\u00e9", 0x1F, 1_0.5e3, ~]
    text: |-
      {{ .x }}
    folded: >
      a

      b
- *a
---
{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}
`;

describe("parseFile", { timeout: 60_000 }, () => {
  it("arbitrary bytes: never throws", () => {
    const paths = fc.constantFrom("a.yaml", "a.json", "templates/a.yml");
    fc.assert(
      fc.property(paths, fc.uint8Array({ maxLength: 300 }), (path, content) =>
        isTotal(path, content),
      ),
    );
  });

  it("arbitrary YAML-like text: never throws", () => {
    const pieces = fc.constantFrom(
      ..."-:?[]{}&*!|>'\"%@`#,~ \n\t<\\=".split(""),
      "a",
      "---",
      "<<: ",
      "&a ",
      "*a",
      "\n  ",
      "- ",
    );
    const text = fc.array(pieces, { maxLength: 80 }).map(parts => encode(parts.join("")));
    fc.assert(
      fc.property(text, content => isTotal("a.yaml", content)),
      { numRuns: 1000 },
    );
  });

  it("a valid file with bytes changed: never throws", () => {
    const change = fc.tuple(fc.nat(VALID.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), changes => {
        const content = encode(VALID);
        for (const [at, byte] of changes) content[at] = byte;
        return isTotal("a.yaml", content);
      }),
      { numRuns: 1000 },
    );
  });

  it("JSON of any object: read back as it was", () => {
    fc.assert(
      fc.property(jsonValue(), spec => {
        const object = { apiVersion: "v1", kind: "A", metadata: { name: "a" }, spec };
        const { declared, problems } = parseFile({
          path: "a.json",
          content: encode(JSON.stringify(object)),
        });
        expect(problems).toEqual([]);
        expect(toCanonicalJson(declared[0]?.manifest ?? null)).toBe(
          toCanonicalJson(object as Json),
        );
      }),
    );
  });

  it("YAML of any object: read back as it was", () => {
    fc.assert(
      fc.property(jsonValue(), spec => {
        const object = { apiVersion: "v1", kind: "A", metadata: { name: "a" }, spec };
        const text = stringify(object, {
          version: "1.1",
          aliasDuplicateObjects: false,
          defaultStringType: "QUOTE_DOUBLE",
          defaultKeyType: "QUOTE_DOUBLE",
        }).replace(/[\u007f-\u009f\ufffe\uffff]/g, escaped); // `yaml` writes them raw
        const { declared, problems } = parseFile({ path: "a.yaml", content: encode(text) });
        expect(problems).toEqual([]);
        expect(toCanonicalJson(declared[0]?.manifest ?? null)).toBe(
          toCanonicalJson(object as Json),
        );
      }),
    );
  });

  it("keys in any order: the same manifest", () => {
    const object = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a" },
      stringData: { a: "x" },
      data: { a: "eQ==" },
    };
    const shuffled = fc.shuffledSubarray(Object.entries(object), {
      minLength: Object.keys(object).length,
    });
    fc.assert(
      fc.property(shuffled, entries => {
        expect(canonical(Object.fromEntries(entries))).toBe(canonical(object));
      }),
    );
  });
});

describe("numbers", () => {
  it("any 64-bit integer, in any of Go's notations: exact", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        fc.constantFrom(2, 8, 10, 16),
        (value, base) => {
          const prefix = { 2: "0b", 8: "0o", 10: "", 16: "0x" }[base];
          const digits = (value < 0n ? -value : value).toString(base);
          expect(BigInt(parseInteger(`${value < 0n ? "-" : ""}${prefix}${digits}`) ?? 0)).toBe(
            value,
          );
        },
      ),
    );
  });

  it("a float as a key: reads back as the same 32-bit float", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
        expect(Math.fround(Number(formatFloatKey(value))) + 0).toBe(value + 0);
      }),
    );
  });
});

function jsonValue(): fc.Arbitrary<unknown> {
  return fc
    .jsonValue({ maxDepth: 5, noUnicodeString: false })
    .map(value => JSON.parse(JSON.stringify(value)) as unknown);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function isTotal(path: string, content: Uint8Array): boolean {
  const { declared, problems, notices } = parseFile({ path, content });
  const lines = [
    ...declared.map(({ source }) => source.line),
    ...problems.map(({ line }) => line ?? 1),
  ];
  return notices.length >= 0 && lines.every(line => Number.isInteger(line) && line > 0);
}

function canonical(object: unknown): string {
  const { declared } = parseFile({ path: "a.json", content: encode(JSON.stringify(object)) });
  return toCanonicalJson(declared[0]?.manifest ?? null);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
