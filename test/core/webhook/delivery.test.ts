/** Deliveries as they were recorded, and everything else that may come instead. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDelivery } from "../../../src/core/webhook/delivery";
import type { Provider } from "../../../src/model/webhook";

const COMMIT = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
const FORM = "application/x-www-form-urlencoded";
const bytes = (text: string) => new TextEncoder().encode(text);
const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/webhooks/${name}.json`, import.meta.url));

const github = (body: string | Uint8Array, contentType = "application/json") =>
  readDelivery(
    { provider: "github", event: "push" },
    contentType,
    typeof body === "string" ? bytes(body) : body,
  );

describe("recorded deliveries", () => {
  test.each<[Provider, string]>([
    ["github", "push"],
    ["gitea", "push"],
    ["gitlab", "Push Hook"],
  ])("a push of %s: its branch and commit", (provider, event) => {
    const body = fixture(`${provider}/push`);
    expect(readDelivery({ provider, event }, "application/json", body)).toEqual({
      kind: "push",
      push: { branch: "main", commit: COMMIT },
    });
  });

  test.each<[string, string, RegExp]>([
    ["github/ping", "ping", /^ping/],
    ["github/pull-request", "pull_request", /^pull_request is not a push/],
    ["github/push-tag", "push", /tag/],
    ["github/push-branch-deleted", "push", /deleted/],
    ["gitea/delete", "delete", /^delete is not a push/],
    ["gitlab/push-tag", "Tag Push Hook", /^Tag Push Hook is not a push/],
    ["gitlab/merge-request", "Merge Request Hook", /^Merge Request Hook is not a push/],
    ["gitlab/push-branch-deleted", "Push Hook", /deleted/],
  ])("%s: ignored with a reason", (name, event, reason) => {
    const provider = name.split("/")[0] as Provider;
    expect(readDelivery({ provider, event }, undefined, fixture(name))).toEqual({
      kind: "ignored",
      reason: expect.stringMatching(reason) as string,
    });
  });
});

describe("bodies", () => {
  const push = `{"ref":"refs/heads/a/b","after":"${COMMIT}"}`;
  const isPush = { kind: "push", push: { branch: "a/b", commit: COMMIT } };

  test("a form: what its payload says, with and without charset", () => {
    const body = new URLSearchParams({ payload: push }).toString();
    expect(github(body, FORM)).toEqual(isPush);
    expect(github(body, `${FORM}; charset=utf-8`)).toEqual(isPush);
    expect(github(`a=1&${body}`, FORM.toUpperCase())).toEqual(isPush);
  });

  test("a form without payload, JSON called a form, a form called JSON: bad", () => {
    expect(github("a=1", FORM).kind).toBe("bad");
    expect(github(push, FORM).kind).toBe("bad");
    expect(github(`payload=${encodeURIComponent(push)}`).kind).toBe("bad");
  });

  test("no content type, a byte order mark, a SHA-256 commit: read", () => {
    expect(github(`\ufeff${push}`, "")).toEqual(isPush);
    const commit = "ab".repeat(32);
    expect(github(push.replace(COMMIT, commit))).toMatchObject({ push: { commit } });
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    "1",
    '"push"',
    "{}",
    '{"ref":1,"after":1}',
    '{"ref":"refs/heads/main"}',
    '{"ref":"refs/heads/main","after":"HEAD"}',
    `{"ref":"refs/heads/main","after":"${COMMIT.toUpperCase()}"}`,
  ])("%j: bad, and told without a word of it", body => {
    const delivery = github(body);
    expect(delivery.kind).toBe("bad");
    expect(JSON.stringify(delivery)).not.toContain("HEAD");
  });

  test("bytes that are no UTF-8: bad", () => {
    expect(github(Uint8Array.of(0x7b, 0xff, 0x7d)).kind).toBe("bad");
  });

  test.each([
    ["refs/tags/v1", "tag"],
    ["refs/notes/commits", "no branch"],
    ["main", "no branch"],
  ])("ref %s: ignored", (ref, reason) => {
    expect(github(JSON.stringify({ ref, after: COMMIT }))).toMatchObject({
      kind: "ignored",
      reason: expect.stringContaining(reason) as string,
    });
  });

  test("an event with strange characters: nothing strange of it goes on", () => {
    const event = `\u001b[31m${"x".repeat(100)}"\n`;
    expect(readDelivery({ provider: "github", event }, "", bytes(""))).toEqual({
      kind: "ignored",
      reason: `??31m${"x".repeat(45)} is not a push to a branch`,
    });
  });

  test("law: any bytes, any type: a delivery, never an exception", () => {
    const type = fc.constantFrom(FORM, "application/json", "text/plain", "");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), type, (body, contentType) => {
        expect(["push", "ignored", "bad"]).toContain(github(body, contentType).kind);
      }),
    );
  });
});
