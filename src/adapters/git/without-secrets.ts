/** Takes out of an error what a server or proxy has echoed of the credentials. */
import { NopeaError } from "../../model/errors";
import type { GitCredentials } from "../../model/git-repository";

/** Shorter ones would take harmless words apart. */
const SHORTEST = 4;

/** The same error, unless its message holds a password, a token or the header that was made of them. */
export function withoutSecrets(error: unknown, credentials: GitCredentials | undefined): unknown {
  if (!(error instanceof NopeaError) || credentials === undefined) return error;
  const secrets = secretsOf(credentials).filter(secret => secret.length >= SHORTEST);
  const message = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), error.message);
  return message === error.message ? error : new NopeaError(error.code, message);
}

/** Longest first, so that none is hidden by a part of it. */
function secretsOf({ authorization = "", token = "" }: GitCredentials): readonly string[] {
  const encoded = authorization.replace(/^\S+ /, "");
  const decoded = Buffer.from(encoded, "base64").toString();
  const password = decoded.slice(decoded.indexOf(":") + 1);
  const plain = [authorization, encoded, decoded, password, token];
  return [...plain, ...plain.map(encodeURIComponent)].sort((a, b) => b.length - a.length);
}
