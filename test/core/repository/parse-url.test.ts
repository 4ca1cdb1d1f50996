/** Addresses of Git repositories: which can be used, and what is said of those that can't. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { urlProblem } from "../../../src/core/repository/parse-url";

test.each([
  "https://github.com/org/my-app.git",
  "http://git.example.com/x",
  "HTTPS://git.example.com/x",
  "https://git.example.com:8443/a/b/c.git",
  "https://[2001:db8::1]/x.git",
  "https://git.example.com/with%20space.git",
  "https://git.example.com",
])("%s: fine", url => {
  expect(urlProblem(url)).toBeUndefined();
});

test.each<[unknown, RegExp]>([
  [undefined, /is missing: set it/],
  [null, /is missing/],
  ["", /is missing/],
  [5, /must be text/],
  [{}, /must be text/],
  ["git@github.com:org/my-app.git", /must start with https:\/\/ or http:\/\//],
  ["ssh://git@github.com/x", /must start with/],
  ["file:///etc/passwd", /must start with/],
  ["ftp://x/y", /must start with/],
  ["javascript:alert(1)", /must start with/],
  [" https://git.example.com/x", /must start with/],
  ["github.com/org/my-app", /must start with/],
  ["https://", /not a valid URL/],
  ["https://exa mple.com/x", /not a valid URL/],
  ["https://user@git.example.com/x", /must not contain credentials: .*spec\.secretRef\.name/],
  ["https://user:pw@git.example.com/x", /must not contain credentials/],
  ["https://:pw@git.example.com/x", /must not contain credentials/],
  ["https://git.example.com/x?ref=main", /must not contain \? or #: .*spec\.branch/],
  ["https://git.example.com/x#main", /must not contain/],
])("%o: told what is wrong and how to mend it", (url, expected) => {
  expect(urlProblem(url)).toMatch(expected);
});

test("a password in the address: not in the sentence about it", () => {
  expect(urlProblem("https://user:hunter2@git.example.com/x")).not.toContain("hunter2");
});

const address = fc.string().map(rest => `https://${rest}`);

test("law: whatever it is, an answer and no exception", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.string(), address), url => {
      const problem = urlProblem(url);
      expect(problem === undefined || problem.startsWith("spec.url")).toBe(true);
    }),
  );
});
