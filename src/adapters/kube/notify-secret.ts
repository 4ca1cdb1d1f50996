/** Asks for the Secret of spec.notify.secretRef: the address that notifications are sent to. */
import type { SecretName } from "../../model/git-secret";
import { isHttpUrl } from "../../model/http";
import type { Kube } from "./client";
import { invalidSecret, readSecretTexts } from "./secret-texts";

/** Rejects with a NopeaError that names the Secret and quotes none of its values. */
export async function readNotifyUrl(
  kube: Kube,
  secret: SecretName,
  signal: AbortSignal,
): Promise<string> {
  // `echo` and editors end what they write with a line break
  const url = (await readSecretTexts(kube, secret, signal)).url?.trim();
  if (url === undefined || url === "") throw invalidSecret(secret, "it has no key url");
  if (!isHttpUrl(url)) {
    throw invalidSecret(secret, "its key url must be an http:// or https:// address");
  }
  return url;
}
