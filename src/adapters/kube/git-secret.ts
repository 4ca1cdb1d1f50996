/** Asks for one Secret, and for what it lets nopea in with. */
import { NopeaError } from "../../model/errors";
import type { GitCredentials } from "../../model/git-repository";
import type { ParsedCredentials, SecretName, SecretTexts } from "../../model/git-secret";
import type { Kube } from "./client";
import { failUnlessFound } from "./faults";
import { decodeTexts } from "./variables";

export type ParseCredentials = (texts: SecretTexts) => ParsedCredentials;

/** Rejects with a NopeaError that names the Secret and quotes none of its values. */
export async function readGitSecret(
  kube: Kube,
  parse: ParseCredentials,
  { namespace, name }: SecretName,
  signal: AbortSignal,
): Promise<GitCredentials> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const answer = await kube({ path, signal });
  if (!failUnlessFound(answer, path)) {
    throw new NopeaError("secret-not-found", `Secret ${namespace}/${name} does not exist`);
  }
  const parsed = parse(decodeTexts(answer.body.data));
  if (parsed.ok) return parsed.credentials;
  const problems = parsed.problems.join("; ");
  throw new NopeaError("secret-invalid", `Secret ${namespace}/${name}: ${problems}`);
}
