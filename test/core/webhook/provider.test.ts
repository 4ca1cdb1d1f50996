/** Who sends, and with which proof. */
import { describe, expect, test } from "vitest";
import { proofOf, senderOf } from "../../../src/core/webhook/provider";

const HEX = "ab".repeat(32);

describe("the sender", () => {
  test.each([
    [{ "x-github-event": "push" }, "github", "push"],
    [{ "x-gitlab-event": "Push Hook" }, "gitlab", "Push Hook"],
    [
      { "x-gitea-event": "push", "x-gogs-event": "push", "x-github-event": "push" },
      "gitea",
      "push",
    ],
    [
      { "x-forgejo-event": "create", "x-gitea-event": "a", "x-github-event": "b" },
      "gitea",
      "create",
    ],
  ])("%j: %s, about %s", (headers, provider, event) => {
    expect(senderOf(headers)).toEqual({ provider, event });
  });

  test("none of the headers: nobody we know", () => {
    expect(senderOf({ "x-event-key": "repo:push" })).toBeUndefined();
  });
});

describe("the proof", () => {
  const hmac = { scheme: "hmac", hex: HEX };
  const hub = { "x-hub-signature-256": `sha256=${HEX}` };

  test("GitHub: X-Hub-Signature-256, and nothing else", () => {
    expect(proofOf("github", hub)).toEqual(hmac);
    for (const headers of [{ "x-hub-signature": "sha1=ab" }, { "x-gitea-signature": HEX }, {}]) {
      expect(proofOf("github", headers)).toBeUndefined();
    }
  });

  test("Gitea and Forgejo: GitHub's, or their own without prefix", () => {
    expect(proofOf("gitea", { ...hub, "x-gitea-signature": "other" })).toEqual(hmac);
    expect(proofOf("gitea", { "x-gitea-signature": HEX })).toEqual(hmac);
    expect(proofOf("gitea", { "x-forgejo-signature": HEX })).toEqual(hmac);
    expect(proofOf("gitea", { "x-gitlab-token": "t" })).toBeUndefined();
  });

  test("GitLab: X-Gitlab-Token", () => {
    expect(proofOf("gitlab", { "x-gitlab-token": "t" })).toEqual({ scheme: "token", token: "t" });
    expect(proofOf("gitlab", { ...hub, "x-gitlab-token": "" })).toBeUndefined();
  });

  test.each([HEX, `sha1=${HEX}`, `SHA256=${HEX}`, "sha256="])(
    "X-Hub-Signature-256 %j: a proof that nothing fits",
    signature => {
      expect(proofOf("github", { "x-hub-signature-256": signature })).toEqual({
        scheme: "hmac",
        hex: "",
      });
    },
  );
});
