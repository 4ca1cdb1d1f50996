/** Directories and branches as people write them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBranchName, normalisePath } from "../../../src/core/repository/parse-path";

describe("path", () => {
  test.each([
    ["", ""],
    ["/", ""],
    [".", ""],
    ["./", ""],
    ["deploy", "deploy"],
    ["deploy/", "deploy"],
    ["./deploy", "deploy"],
    ["/deploy", "deploy"],
    ["//deploy//prod//", "deploy/prod"],
    ["a/./b", "a/b"],
    ["...", "..."],
    ["a..b/..c", "a..b/..c"],
    [" a ", " a "],
    ["ü/ß", "ü/ß"],
  ])("%o: %o", (path, expected) => {
    expect(normalisePath(path)).toBe(expected);
  });

  test.each(["..", "../x", "a/../b", "a/..", "/..", "a\\..\\b", "a\0b"])(
    "%o: would leave the repository, refused",
    path => {
      expect(normalisePath(path)).toBeUndefined();
    },
  );

  test(
    "law: normalising again changes nothing, and nothing of it is .. or empty",
    { timeout: 60_000 },
    () => {
      const step = fc.constantFrom("a", "b", ".", "..", "", "...", "x y");
      fc.assert(
        fc.property(fc.array(step), steps => {
          const path = normalisePath(steps.join("/"));
          if (path === undefined) return;
          expect(normalisePath(path)).toBe(path);
          const parts = path === "" ? [] : path.split("/");
          expect(parts.filter(part => ["", ".", ".."].includes(part))).toEqual([]);
        }),
      );
    },
  );
});

describe("branch", () => {
  test.each(["main", "feature/x", "release-1.2", "user/joe/fix#1", "ü", "a@b", "v1.0", "a.b/c.d"])(
    "%s: a name that Git accepts",
    branch => {
      expect(isBranchName(branch)).toBe(true);
    },
  );

  test.each([
    "",
    "@",
    "-x",
    "a b",
    "a\tb",
    "a\nb",
    "a..b",
    "a.",
    ".a",
    "a/.b",
    "/a",
    "a/",
    "a//b",
    "a.lock",
    "a.lock/b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[",
    "a\\b",
    "a@{1}",
    "a\u007f",
  ])("%o: no name that Git accepts", branch => {
    expect(isBranchName(branch)).toBe(false);
  });
});
