/** Reads ConfigMap and Secret `nopea` in pepr-system, which configure nopea where its environment does not. */
import { isObject, type Json } from "../../model/json";
import type { Kube } from "./client";
import { failUnlessFound } from "./faults";

export const NAMESPACE = "pepr-system";
export const NAME = "nopea";

export interface Variables {
  readonly secret: Readonly<Record<string, string>>;
  readonly configMap: Readonly<Record<string, string>>;
}

/** Both, or {} for what is absent; rejects while the API server does not say which. */
export async function readVariables(kube: Kube, signal: AbortSignal): Promise<Variables> {
  const [secret, configMap] = await Promise.all(
    ["secrets", "configmaps"].map(plural => data(kube, plural, signal)),
  );
  return { secret: decodeTexts(secret), configMap: texts(configMap, text => text) };
}

/** The data of a Secret as text. */
export function decodeTexts(data: Json | undefined): Record<string, string> {
  return texts(data, text => Buffer.from(text, "base64").toString("utf8"));
}

async function data(kube: Kube, plural: string, signal: AbortSignal): Promise<Json | undefined> {
  const path = `/api/v1/namespaces/${NAMESPACE}/${plural}/${NAME}`;
  const answer = await kube({ path, signal });
  return failUnlessFound(answer, path) ? answer.body.data : undefined;
}

function texts(value: Json | undefined, read: (text: string) => string): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) =>
      typeof text === "string" ? [[key, read(text)]] : [],
    ),
  );
}
