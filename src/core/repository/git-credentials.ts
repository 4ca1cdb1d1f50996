/** Reads the Secret of spec.secretRef: how to prove to a Git server who asks, and which certificates to trust. */
import { encodeBase64 } from "../../model/base64";
import type { GitCredentials } from "../../model/git-repository";
import type { ParsedCredentials, SecretTexts } from "../../model/git-secret";

/** GitHub, GitLab and Gitea take a token as the password of whoever. */
const ANYBODY = "x-access-token";

/** `password` goes before `token` where a Secret has both; keys that nopea does not know are left alone. */
export function parseGitCredentials(texts: SecretTexts): ParsedCredentials {
  const problems: string[] = [];
  const value = (key: string) => readLine(texts, key, problems);
  const login = readLogin(
    { username: value("username"), password: value("password"), token: value("token") },
    problems,
  );
  const ca = readCertificates(texts["ca.crt"], problems);
  if (problems.length === 0 && login.authorization === undefined && ca === undefined) {
    problems.push(
      "it has none of the keys username and password, token, ca.crt: add what is needed",
    );
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, credentials: { ...login, ...(ca === undefined ? {} : { ca }) } };
}

interface Login {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
}

function readLogin(login: Login, problems: string[]): GitCredentials {
  const { username = ANYBODY, password, token } = login;
  const secret = password ?? token;
  if (username.includes(":")) {
    problems.push("username must not contain a colon: HTTP ends the name there");
  }
  problems.push(...missing(login));
  if (secret === undefined) return {};
  const authorization = `Basic ${encodeBase64(`${username}:${secret}`)}`;
  return password === undefined ? { authorization, token: secret } : { authorization };
}

function missing({ username, password, token }: Login): readonly string[] {
  if (password !== undefined && username === undefined) {
    return ["it has a password and no username: add the key username"];
  }
  if (username !== undefined && password === undefined && token === undefined) {
    return ["it has a username and neither password nor token: add one of them"];
  }
  return [];
}

/** A value without the line break at its end, which `echo … | base64` puts there; undefined: there is none. */
function readLine(texts: SecretTexts, key: string, problems: string[]): string | undefined {
  const text = texts[key]?.replace(/[\r\n]+$/, "");
  if (text === "") problems.push(`${key} is empty: set it, or remove the key`);
  if (text !== undefined && /[\u0000-\u001f\u007f\ufffd]/.test(text)) {
    problems.push(`${key} must be one line of UTF-8 text without control characters`);
  }
  return text;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/;

function readCertificates(ca: string | undefined, problems: string[]): string | undefined {
  if (ca !== undefined && !CERTIFICATE.test(ca)) {
    problems.push("ca.crt must hold certificates in PEM (-----BEGIN CERTIFICATE----- …)");
  }
  return ca;
}
