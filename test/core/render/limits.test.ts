import { describe, expect, it } from "vitest";
import { MAX_DEPTH, MAX_FILE_BYTES, MAX_OBJECTS } from "../../../src/core/render/limits";
import { parseFile } from "../../../src/core/render/parse-file";

const ALMOST_ALL = MAX_FILE_BYTES - 100;

describe("hostile files", { timeout: 60_000 }, () => {
  it("a file beyond 4 MiB: refused unread", () => {
    expect(refusal("x".repeat(MAX_FILE_BYTES + 1))).toContain(
      "the file has 4.0 MiB and may have 4",
    );
  });

  it.each([
    ["lists in brackets", "["],
    ["maps in braces", "{a: "],
    ["lists on one line", "- "],
    ["complex keys", "? "],
    ["JSON", '{"a":'],
  ])("%s, nested a million times: refused at once", (_, text) => {
    expect(refusal(text.repeat(ALMOST_ALL / text.length))).toContain(
      "nested deeper than 100 levels",
    );
  });

  it("aliases that double their depth: refused", () => {
    const bottom = `${"[".repeat(60)}${"]".repeat(60)}`;
    expect(refusal(`a: &a ${bottom}\nb: ${"[".repeat(60)}*a${"]".repeat(60)}\n`)).toContain(
      "nested deeper",
    );
  });

  it("as deep as allowed: read", () => {
    const depth = MAX_DEPTH - 1;
    const text = `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
    expect(parse(text).declared).toHaveLength(1);
  });

  it("a billion laughs: refused", () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `a${i + 1}: &a${i + 1} [${list(`*a${i}`)}]`,
    );
    expect(refusal(`a0: &a0 x\n${levels.join("\n")}\n`)).toContain(
      "aliases (*) blow this document up",
    );
  });

  it("one long text used a thousand times: refused", () => {
    const uses = Array.from({ length: 1000 }, (_, i) => `b${i}: *a`).join("\n");
    expect(refusal(`a: &a ${"x".repeat(100_000)}\n${uses}\n`)).toContain(
      "aliases (*) blow this document up",
    );
  });

  it("merge keys that copy a map a thousand times: refused", () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join(", ");
    const uses = Array.from({ length: 3000 }, (_, i) => `b${i}: {<<: *a}`).join("\n");
    expect(refusal(`a: &a {${keys}}\n${uses}\n`)).toContain("aliases (*) blow this document up");
  });

  it("a value inside itself: refused", () => {
    expect(refusal("a: &a [*a]\n")).toContain("stands inside the value that it names");
  });

  it.each([
    ["items", "- \n"],
    ["separators and scalars", "--- 1\n"],
    ["anchors", "&a "],
  ])("a file of nothing but %s: refused with a word on its size", (_, text) => {
    expect(refusal(text.repeat(ALMOST_ALL / text.length))).toMatch(/split it/);
  });

  it("more documents than allowed, even empty ones: refused", () => {
    expect(refusal("~\n---\n".repeat(MAX_OBJECTS + 1))).toContain("more than nopea reads");
  });

  it("more objects than allowed: refused", () => {
    const items = '{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}},'.repeat(MAX_OBJECTS);
    const text = `{"apiVersion":"v1","kind":"List","items":[${items}{}]}`;
    expect(refusal(text)).toBe("the file declares more than 10000 objects: split it");
  });

  it("one line of 4 MB: read like any other", () => {
    const text = `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: ${"x".repeat(ALMOST_ALL)}`;
    expect(parse(text).declared).toHaveLength(1);
  });
});

function list(item: string): string {
  return Array.from({ length: 10 }, () => item).join(", ");
}

function parse(text: string) {
  return parseFile({ path: "a.yaml", content: new TextEncoder().encode(text) });
}

function refusal(text: string): string {
  const { declared, problems } = parse(text);
  expect(declared).toEqual([]);
  return problems[0]?.message ?? "";
}
