/**
 * Scalars and documents mean what they mean to kubectl. The tables hold, for each text, the JSON that kubectl v1.36's
 * decoder (k8s.io/apimachinery v0.36.3, sigs.k8s.io/yaml v1.6.0) makes of it, null where it refuses; where nopea
 * differs on purpose, `nopea` is its own answer and `because` says why.
 */
import { describe, expect, it } from "vitest";
import { readDocuments } from "../../../src/core/render/documents";
import { decodeText } from "../../../src/core/render/text";
import { toCanonicalJson } from "../../../src/model/json";
import documents from "../../fixtures/render/documents.json";
import scalars from "../../fixtures/render/scalars.json";

interface Case {
  readonly yaml: string;
  readonly kubectl: readonly string[] | null;
  readonly nopea?: readonly string[] | null;
  readonly because?: string;
}

const cases: readonly Case[] = [...scalars, ...documents];

describe("kubectl's reading", () => {
  it.each(cases)("$yaml: as the table says", ({ yaml, kubectl, nopea, because }) => {
    expect(meaning(yaml)).toEqual(because === undefined ? kubectl : nopea);
  });

  it("a difference from kubectl: has its reason in the table", () => {
    const different = cases.filter(({ nopea }) => nopea !== undefined);
    expect(different.length).toBeGreaterThan(0);
    for (const { because } of different) expect(because).toMatch(/\w/);
  });
});

describe("readDocuments", () => {
  it("several documents: each knows where it begins", () => {
    const { roots } = readDocuments("# c\na: 1\n---\n\nb: 2\n", false);
    expect(roots.map(({ offset }) => offset)).toEqual([4, 14]);
  });

  it("a .json file that is neither JSON nor YAML: JSON's error is told", () => {
    const [fault] = readDocuments('{\n  "a": [1, 2\n}\n', true).faults;
    expect(fault).toEqual({ offset: 15, message: "the JSON is broken here" });
  });

  it("a .json file that is YAML: read as kubectl reads it", () => {
    expect(readDocuments("{a: yes}", true).roots[0]?.value).toEqual({ a: true });
  });

  it("half of a surrogate pair in JSON: replaced, as an API server does", () => {
    expect(meaning('{"a": "x\\ud800y"}')).toEqual(['{"a":"x\ufffdy"}']);
  });

  it("a character that only JSON lets stand for itself: read in JSON, refused in YAML", () => {
    expect(meaning('{"a": "\u007f\ufffe"}')).toEqual(['{"a":"\u007f\ufffe"}']);
    expect(meaning("a: \u007f\n")).toBeNull();
  });

  it("concatenated documents with a byte order mark each: all are read", () => {
    expect(meaning("\ufeffa: 1\n---\n\ufeffb: 2\n")).toEqual(['{"a":1}', '{"b":2}']);
  });
});

function meaning(text: string): readonly string[] | null {
  const decoded = decodeText(new TextEncoder().encode(text));
  if ("message" in decoded) return null;
  const { roots, faults } = readDocuments(decoded.text, false);
  return faults.length > 0 ? null : roots.map(({ value }) => toCanonicalJson(value));
}
