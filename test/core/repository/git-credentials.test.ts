/** Secrets as people write them: what is sent to the Git server, or what is wrong. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGitCredentials } from "../../../src/core/repository/git-credentials";
import type { SecretTexts } from "../../../src/model/git-secret";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n";

function credentialsOf(texts: SecretTexts) {
  const parsed = parseGitCredentials(texts);
  if (!parsed.ok) throw new Error(parsed.problems.join("; "));
  return parsed.credentials;
}

function problemsOf(texts: SecretTexts): string {
  const parsed = parseGitCredentials(texts);
  return parsed.ok ? "" : parsed.problems.join("; ");
}

/** The user and password of a Basic header. */
function login(authorization = ""): string {
  return Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString("utf8");
}

describe("a Secret that can be used", () => {
  test.each<[string, SecretTexts, string]>([
    ["username and password", { username: "larry", password: "pw" }, "larry:pw"],
    ["a password with a colon", { username: "larry", password: "a:b" }, "larry:a:b"],
    ["text beyond ASCII", { username: "müller", password: "pässwörd✓" }, "müller:pässwörd✓"],
    ["a token", { token: "t0k3n" }, "x-access-token:t0k3n"],
    ["a token of somebody", { username: "oauth2", token: "t0k3n" }, "oauth2:t0k3n"],
    ["line breaks at the end", { username: "larry\n", password: "pw\r\n" }, "larry:pw"],
    ["keys of others", { token: "t", known_hosts: "", identity: "\0" }, "x-access-token:t"],
    ["everything", { username: "larry", password: "pw", token: "t" }, "larry:pw"],
  ])("%s: Basic", (_, texts, expected) => {
    const { authorization } = credentialsOf(texts);
    expect(authorization).toMatch(/^Basic [A-Za-z0-9+/]+=*$/);
    expect(login(authorization)).toBe(expected);
  });

  test("a token: also as it is, for servers that want Bearer; a password: never", () => {
    expect(credentialsOf({ token: "t0k3n\n" }).token).toBe("t0k3n");
    expect(credentialsOf({ username: "oauth2", token: "t0k3n" }).token).toBe("t0k3n");
    expect(credentialsOf({ username: "larry", password: "pw", token: "t" }).token).toBeUndefined();
  });

  test("ca.crt alone: trusted, and nothing is sent", () => {
    expect(credentialsOf({ "ca.crt": PEM })).toEqual({ ca: PEM });
  });

  test("ca.crt with several certificates and comments: as it is", () => {
    const ca = `# ours\n${PEM}# theirs\n${PEM}`;
    expect(credentialsOf({ token: "t", "ca.crt": ca }).ca).toBe(ca);
  });

  test("any name without a colon and any password: what the server reads is what was written", () => {
    const line = fc
      .string({ unit: "binary", minLength: 1 })
      .filter(text => !/[\u0000-\u001f\u007f\ufffd]/.test(text));
    const name = line.filter(text => !text.includes(":"));
    const read = (username: string, password: string) =>
      login(credentialsOf({ username, password }).authorization) === `${username}:${password}`;
    fc.assert(fc.property(name, line, read));
  });
});

describe("a Secret that cannot be used", () => {
  test.each<[string, SecretTexts, RegExp]>([
    ["nothing", {}, /none of the keys username and password, token, ca\.crt/],
    ["keys of others only", { user: "larry", pass: "pw" }, /none of the keys/],
    ["a name only", { username: "larry" }, /neither password nor token/],
    ["a password only", { password: "pw" }, /a password and no username: add the key username/],
    ["a password and a token", { password: "pw", token: "t" }, /no username/],
    ["a colon in the name", { username: "la:rry", password: "pw" }, /username .*colon/],
    ["an empty name", { username: "", password: "pw" }, /username is empty/],
    ["an empty password", { username: "larry", password: "\n" }, /password is empty/],
    ["an empty token", { token: "" }, /token is empty/],
    ["two lines", { token: "first\nsecond" }, /token must be one line/],
    ["a header smuggled in", { token: "x\r\nX-Admin: 1" }, /token must be one line/],
    ["a control character", { username: "larry", password: "p\u0007w" }, /password must be one/],
    ["bytes that are no text", { token: "\ufffd\ufffd" }, /token must be .*UTF-8/],
    ["a ca.crt that is none", { token: "t", "ca.crt": "none" }, /ca\.crt must hold .*PEM/],
    ["an empty ca.crt", { token: "t", "ca.crt": "" }, /ca\.crt must hold/],
    ["a key as ca.crt", { "ca.crt": PEM.replaceAll("CERTIFICATE", "PRIVATE KEY") }, /ca\.crt/],
  ])("%s: told", (_, texts, problem) => {
    expect(problemsOf(texts)).toMatch(problem);
  });

  test("several faults: all of them", () => {
    const problems = problemsOf({ username: "", password: "", "ca.crt": "" });
    expect(problems).toMatch(/username is empty.*password is empty.*ca\.crt/);
  });

  test("whatever it holds: no problem quotes a value", () => {
    const ends = fc.constantFrom("", "\n", "\nsecond", ":", "\u0007", "\ufffd");
    const value = fc.oneof(
      fc.constant(""),
      ends.map(end => `hunter2${end}`),
    );
    const texts = fc.record(
      { username: value, password: value, token: value, "ca.crt": value },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(texts, secret => !problemsOf(secret).includes("hunter2")));
  });
});
