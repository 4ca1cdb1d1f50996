/** Reads what the hooks' webhook configurations are made from, all of it at each pass: a redeploy of Pepr changes each part. */
import type { HookPlan } from "../../model/hooks";
import { isList, isObject, type JsonObject } from "../../model/json";
import { METADATA_ONLY, type Kube } from "./client";
import { failUnlessFound } from "./faults";

const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
export const MUTATING = `${ADMISSION}/mutatingwebhookconfigurations`;
export const VALIDATING = `${ADMISSION}/validatingwebhookconfigurations`;

/** Pepr names all its objects so. */
export const PEPR = "pepr-nopea";
const CLUSTER_ROLE = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${PEPR}`;

/** Rejects while the API server does not say all of it. */
export async function readHookPlan(
  kube: Kube,
  read: (path: string, signal: AbortSignal) => Promise<JsonObject | undefined>,
  signal: AbortSignal,
): Promise<Omit<HookPlan, "kinds" | "withConditions">> {
  const [mutating, validating, uid] = await Promise.all([
    read(`${MUTATING}/${PEPR}`, signal),
    read(`${VALIDATING}/${PEPR}`, signal),
    readUid(kube, signal),
  ]);
  const validate = clientConfigOf(validating);
  return {
    mutate: clientConfigOf(mutating) ?? asMutate(validate),
    validate,
    owner: uid === undefined ? undefined : { name: PEPR, uid },
  };
}

/** Undefined for what is not there. */
export async function readObject(
  kube: Kube,
  path: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const answer = await kube({ path, signal });
  return failUnlessFound(answer, path) ? answer.body : undefined;
}

async function readUid(kube: Kube, signal: AbortSignal): Promise<string | undefined> {
  const answer = await kube({ path: CLUSTER_ROLE, accept: METADATA_ONLY, signal });
  if (!failUnlessFound(answer, CLUSTER_ROLE)) return undefined;
  const { metadata } = answer.body;
  const uid = isObject(metadata) ? metadata.uid : undefined;
  return typeof uid === "string" ? uid : undefined;
}

function clientConfigOf(configuration: JsonObject | undefined): JsonObject | undefined {
  const [first] = isList(configuration?.webhooks) ? configuration.webhooks : [];
  const clientConfig = isObject(first) ? first.clientConfig : undefined;
  return isObject(clientConfig) ? clientConfig : undefined;
}

/** Pepr has one server for both functions, and one secret path below each. */
function asMutate(validate: JsonObject | undefined): JsonObject | undefined {
  if (validate === undefined) return undefined;
  const { service, url } = validate;
  if (typeof url === "string") return { ...validate, url: toMutate(url) };
  if (!isObject(service) || typeof service.path !== "string") return undefined;
  return { ...validate, service: { ...service, path: toMutate(service.path) } };
}

function toMutate(address: string): string {
  return address.replace("/validate/", "/mutate/");
}
