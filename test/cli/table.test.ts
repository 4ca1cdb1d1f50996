import { createColors } from "picocolors";
import { describe, expect, it } from "vitest";
import { clip, oneLine } from "../../src/cli/shown";
import { facts, indent, table } from "../../src/cli/table";

describe("table", () => {
  it("columns as wide as their widest cell, dashes for what is empty, no spaces at the end", () => {
    const rows = [
      ["api", "", "x"],
      ["a-longer-name", "Synced", ""],
    ];
    expect(table(["NAME", "PHASE", "WHY"], rows)).toBe(
      [
        "NAME            PHASE    WHY",
        "api             -        x",
        "a-longer-name   Synced   -",
      ].join("\n"),
    );
  });

  it("colours have no width", () => {
    const { green } = createColors(true);
    const [, first = "", second = ""] = table(
      ["A", "B"],
      [
        [green("ok"), "x"],
        ["ok", "x"],
      ],
    ).split("\n");
    expect(first.replace(green("ok"), "ok")).toBe(second);
  });

  it("facts: what is empty is left out", () => {
    expect(
      facts([
        ["By", "larry"],
        ["Reason", ""],
        ["Until", "4h"],
      ]),
    ).toBe("By:      larry\nUntil:   4h");
  });

  it("indent: empty lines stay empty", () => {
    expect(indent("a\n\nb")).toBe("  a\n\n  b");
  });
});

describe("text that others wrote", () => {
  it("line breaks become spaces, control characters can do nothing to a terminal", () => {
    expect(oneLine("a\nb\tc\u001b[31mred\u0007")).toBe("a b c�[31mred�");
  });

  it("what is too long ends in …, and no character is cut in half", () => {
    expect(clip("abcdef", 4)).toBe("abc…");
    expect(clip("😀😀😀", 2)).toBe("😀…");
    expect(clip("abcd", 4)).toBe("abcd");
  });
});
