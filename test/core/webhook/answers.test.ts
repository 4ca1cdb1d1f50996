/** What a push is answered, and why a repository has nothing to do with it. */
import { describe, expect, test } from "vitest";
import { parseSpec } from "../../../src/core/repository/parse-spec";
import { answerHearing, missingSignature } from "../../../src/core/webhook/answers";
import { deafness } from "../../../src/core/webhook/deafness";

describe("the answer to a push", () => {
  test("somebody looks: received, and who", () => {
    expect(answerHearing({ told: ["a/x", "b/x"], deaf: ["c/x: suspended"] })).toEqual({
      status: 200,
      body: { status: "received", repositories: ["a/x", "b/x"] },
    });
  });

  test("nobody of that name: ignored", () => {
    const { status, body } = answerHearing({ told: [], deaf: [] });
    expect([status, body.status, body.reason]).toEqual([
      200,
      "ignored",
      "there is no GitRepository of this name",
    ]);
  });

  test("nobody who would: ignored, with the first ten reasons", () => {
    const deaf = Array.from({ length: 12 }, (_, index) => `n${index}/x: suspended`);
    const { reason } = answerHearing({ told: [], deaf }).body;
    expect(reason).toMatch(/^n0\/x: suspended; .*n9\/x: suspended; and 2 more$/);
  });
});

describe("a repository", () => {
  const spec = (change = {}) => parseSpec({ url: "https://git.example.com/a.git", ...change });

  test("of the branch: looks", () => {
    expect(deafness(spec(), "main")).toBeUndefined();
    expect(deafness(spec({ branch: "a/b" }), "a/b")).toBeUndefined();
  });

  test("of another branch, suspended, or invalid: does not, and says why", () => {
    expect(deafness(spec(), "Main")).toMatch(/syncs branch main/);
    expect(deafness(spec({ suspend: true }), "main")).toMatch(/suspended/);
    expect(deafness(spec({ url: "" }), "main")).toMatch(/invalid/);
  });
});

test("no signature: the sentence names where each provider wants the secret", () => {
  const message = (provider: "github" | "gitea" | "gitlab") =>
    missingSignature(provider).body.message;
  expect(message("github")).toContain("Secret of the webhook at GitHub");
  expect(message("gitea")).toContain("Gitea or Forgejo");
  expect(message("gitlab")).toContain("Secret token of the webhook at GitLab");
});
