import { describe, expect, it } from "vitest";
import { withoutIgnored, type IgnoreFile } from "../../../src/adapters/git/ignore-rules";

function left(paths: readonly string[], ...files: IgnoreFile[]): string[] {
  return withoutIgnored(
    paths.map(path => ({ path })),
    files,
  ).map(({ path }) => path);
}

describe("withoutIgnored", () => {
  it("no file: everything is left", () => {
    expect(left(["a.yaml"])).toEqual(["a.yaml"]);
  });

  it("comments, blanks, CRLF and a byte order mark: no patterns", () => {
    expect(left(["a.yaml", "b.yaml"], { folder: "", text: "# a.yaml\r\n\r\nb.yaml\r\n" })).toEqual([
      "a.yaml",
    ]);
    expect(left(["a.yaml"], { folder: "", text: "\ufeffa.yaml\n" })).toEqual([]);
  });

  it("a folder's pattern: everything under it; anchored: only there", () => {
    const paths = ["old/a.yaml", "x/old/b.yaml", "x/c.yaml"];
    expect(left(paths, { folder: "", text: "old/" })).toEqual(["x/c.yaml"]);
    expect(left(paths, { folder: "", text: "/old/" })).toEqual(["x/old/b.yaml", "x/c.yaml"]);
  });

  it("capital letters: are other letters", () => {
    expect(left(["A.yaml", "a.yaml"], { folder: "", text: "a.yaml" })).toEqual(["A.yaml"]);
  });

  it("a deeper file: takes back what an outer one leaves out, relative to its own folder", () => {
    const outer = { folder: "", text: "*.yaml" };
    const inner = { folder: "d", text: "!/a.yaml" };
    expect(left(["d/a.yaml", "d/e/a.yaml"], outer, inner)).toEqual(["d/a.yaml"]);
  });

  it("a folder of dots: is a name like any other", () => {
    expect(left([".../a.yaml", ".../b.yaml"], { folder: "", text: "a.yaml" })).toEqual([
      ".../b.yaml",
    ]);
  });

  it("any text as patterns: never anything but an answer or a named error", () => {
    for (const text of ["[", "[z-a]", "\\", "***", "!", "a\\ ", "[[:alpha:]]", "(", "{a,b}"]) {
      expect(() => left(["a.yaml"], { folder: "", text })).not.toThrow();
    }
  });
});
