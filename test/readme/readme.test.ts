/** The reader of README.md finds what is there: a test of nothing would hold nothing. */
import { describe, expect, it } from "vitest";
import { blocks, codesIn, prose, readme, spans, table, typedIn } from "./readme";

const count = (pattern: RegExp) => readme.match(pattern)?.length ?? 0;

describe("what is read of README.md", () => {
  it("every block: none is lost, whatever its language or its marker", () => {
    expect(blocks).toHaveLength(count(/^ *(```|~~~)/gm) / 2);
    expect(blocks.length).toBeGreaterThanOrEqual(10);
    expect(prose).not.toContain("```");
  });

  it("every marker: it stands above the block that it is about", () => {
    const read = blocks.filter(({ marker }) => marker !== "");
    expect(read).toHaveLength(count(/^ *<!-- *(run|shown)/gm));
    expect(read).not.toEqual([]);
  });

  it("code in sentences and in tables, with the bars that a table escapes", () => {
    expect(spans.length).toBeGreaterThan(100);
    expect(spans).not.toContainEqual(expect.stringContaining("\\|"));
    expect(codesIn("`a`, `b c`")).toEqual(["a", "b c"]);
  });

  it("a table: its rows without heading and rule; another heading is an error", () => {
    const rows = table("Package");
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.map(row => row.length)).toEqual(rows.map(() => 3));
    expect(rows.flat()).not.toContainEqual(expect.stringMatching(/^-+$/));
    expect(() => table("no such heading")).toThrow("no such heading");
  });

  it("what is typed: scripts without comments and empty lines, of what is shown the prompts", () => {
    const text = "# first\nnopea status\n\n$ nopea drift\nAGE\n";
    expect(typedIn({ marker: "", language: "sh", text })).toContain("nopea status");
    expect(typedIn({ marker: "", language: "console", text })).toEqual(["nopea drift"]);
  });
});
