/** Asks for one Secret that a GitRepository names. */
import { NopeaError } from "../../model/errors";
import type { SecretName, SecretTexts } from "../../model/git-secret";
import type { Kube } from "./client";
import { failUnlessFound } from "./faults";
import { decodeTexts } from "./variables";

/** What it holds, by key. Rejects with a NopeaError that names the Secret. */
export async function readSecretTexts(
  kube: Kube,
  { namespace, name }: SecretName,
  signal: AbortSignal,
): Promise<SecretTexts> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const answer = await kube({ path, signal });
  if (failUnlessFound(answer, path)) return decodeTexts(answer.body.data);
  throw new NopeaError("secret-not-found", `Secret ${namespace}/${name} does not exist`);
}

/** The error for one that is of no use; the problem quotes none of its values. */
export function invalidSecret({ namespace, name }: SecretName, problem: string): NopeaError {
  return new NopeaError("secret-invalid", `Secret ${namespace}/${name}: ${problem}`);
}
