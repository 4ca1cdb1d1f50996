/** Asks for one Secret, and for what it lets nopea in with. */
import type { GitCredentials } from "../../model/git-repository";
import type { ParsedCredentials, SecretName, SecretTexts } from "../../model/git-secret";
import type { Kube } from "./client";
import { invalidSecret, readSecretTexts } from "./secret-texts";

export type ParseCredentials = (texts: SecretTexts) => ParsedCredentials;

/** Rejects with a NopeaError that names the Secret and quotes none of its values. */
export async function readGitSecret(
  kube: Kube,
  parse: ParseCredentials,
  secret: SecretName,
  signal: AbortSignal,
): Promise<GitCredentials> {
  const parsed = parse(await readSecretTexts(kube, secret, signal));
  if (parsed.ok) return parsed.credentials;
  throw invalidSecret(secret, parsed.problems.join("; "));
}
