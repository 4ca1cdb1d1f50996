/** The key that nopea's two processes seal with: made once, kept in Secret `nopea`, and never told to anybody else. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { NopeaError } from "../../model/errors";
import { isObject, type JsonObject } from "../../model/json";
import { JSON_PATCH, type Kube, type KubeAnswer, type KubeRequest } from "./client";
import { failUnlessFound, isAnother } from "./faults";
import { decodeTexts, NAME, NAMESPACE } from "./variables";

/** In Secret `nopea`. */
export const SEAL_KEY = "NOPEA_SEAL_KEY";
const BYTES = 32;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const PATH = `${SECRETS}/${NAME}`;
const ATTEMPTS = 10;
const PAUSE_MS = 50;

/** The key as text (base64url); undefined while there is none. Rejects while the API server does not say. */
export async function readSealKey(kube: Kube, signal: AbortSignal): Promise<string | undefined> {
  const secret = await readSecret(kube, signal);
  return secret === undefined ? undefined : keyOf(secret);
}

/** The same, made where it is missing. Whoever makes it first has made it for all. */
export async function ensureSealKey(kube: Kube, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const secret = await readSecret(kube, signal);
    const key = (secret && keyOf(secret)) ?? (await write(kube, secret, signal));
    if (key !== undefined) return key;
    await sleep(PAUSE_MS, undefined, { signal });
  }
  throw new NopeaError("object-contested", `Secret ${NAMESPACE}/${NAME} changes all the time`);
}

async function readSecret(kube: Kube, signal: AbortSignal): Promise<JsonObject | undefined> {
  const answer = await kube({ path: PATH, signal });
  return failUnlessFound(answer, PATH) ? answer.body : undefined;
}

/** "" is none: nobody can seal with it. */
function keyOf({ data }: JsonObject): string | undefined {
  const key = decodeTexts(data)[SEAL_KEY]?.trim();
  return key === "" ? undefined : key;
}

/** Undefined: somebody else wrote meanwhile. */
async function write(
  kube: Kube,
  secret: JsonObject | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = randomBytes(BYTES).toString("base64url");
  const value = Buffer.from(key).toString("base64");
  const request = secret === undefined ? creation(value) : addition(secret, value);
  const answer = await kube({ ...request, signal });
  return isWritten(answer) ? key : undefined;
}

function creation(value: string): Omit<KubeRequest, "signal"> {
  const metadata = { name: NAME, namespace: NAMESPACE };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, data: { [SEAL_KEY]: value } };
  const contentType = "application/json";
  return { method: "POST", path: SECRETS, contentType, body: JSON.stringify(secret) };
}

/** On the very version that lacks it: no other key of the Secret is touched, and no seal key is overwritten. */
function addition({ metadata, data }: JsonObject, value: string): Omit<KubeRequest, "signal"> {
  const version = isObject(metadata) ? metadata.resourceVersion : undefined;
  const patch = [
    { op: "test", path: "/metadata/resourceVersion", value: version },
    ...(isObject(data) ? [] : [{ op: "add", path: "/data", value: {} }]),
    { op: "add", path: `/data/${SEAL_KEY}`, value },
  ];
  return { method: "PATCH", path: PATH, contentType: JSON_PATCH, body: JSON.stringify(patch) };
}

/** False where it is there by now, or changed. The API server's own words are not told: they may quote the Secret. */
function isWritten(answer: KubeAnswer): boolean {
  const { status } = answer;
  if (status < 300) return true;
  if (status === 409 || isAnother(answer)) return false;
  const code = status === 403 ? "object-forbidden" : "object-refused";
  throw new NopeaError(code, `Secret ${NAMESPACE}/${NAME} not written: HTTP ${status}`);
}
