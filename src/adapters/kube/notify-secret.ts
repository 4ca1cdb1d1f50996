/** Asks for the Secret of spec.notify.secretRef: the address that notifications are sent to. */
import { NopeaError } from "../../model/errors";
import type { SecretName } from "../../model/git-secret";
import { isHttpUrl } from "../../model/http";
import type { Kube } from "./client";
import { failUnlessFound } from "./faults";
import { decodeTexts } from "./variables";

/** Rejects with a NopeaError that names the Secret and quotes none of its values. */
export async function readNotifyUrl(
  kube: Kube,
  { namespace, name }: SecretName,
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const answer = await kube({ path, signal });
  if (!failUnlessFound(answer, path)) {
    throw new NopeaError("secret-not-found", `Secret ${namespace}/${name} does not exist`);
  }
  // `echo` and editors end what they write with a line break
  const url = decodeTexts(answer.body.data).url?.trim();
  if (url === undefined || url === "") throw invalid({ namespace, name }, "it has no key url");
  if (!isHttpUrl(url)) {
    throw invalid({ namespace, name }, "its key url must be an http:// or https:// address");
  }
  return url;
}

function invalid({ namespace, name }: SecretName, problem: string): NopeaError {
  return new NopeaError("secret-invalid", `Secret ${namespace}/${name}: ${problem}`);
}
