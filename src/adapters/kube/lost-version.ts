/** A version that a CustomResourceDefinition has no more: an entry of managedFields that names it makes every apply fail. */
import { isList, isObject, toJson, type JsonObject } from "../../model/json";
import type { Sighting } from "../../model/live";
import type { Plan, Step } from "../../model/plan";
import { JSON_PATCH, type Kube, type KubeAnswer } from "./client";
import { readSighting } from "./live";
import { objectPath } from "./paths";

const LOST = /request to convert CR to an invalid group\/version: (\S+)$/;

/** The object with entries that name the version of now instead; undefined: that is not what an apply failed for. */
export async function forgetVersion(
  kube: Kube,
  { desired, on }: Step,
  { answer, fieldManager }: Pick<Plan, "fieldManager"> & { readonly answer: KubeAnswer },
  signal: AbortSignal,
): Promise<Sighting | undefined> {
  const lost = lostVersion(answer);
  if (lost === undefined || on === undefined) return undefined;
  const path = objectPath(desired.kind, desired.key);
  const { metadata } = (await kube({ path, signal })).body;
  const entries =
    isObject(metadata) && isList(metadata.managedFields) ? metadata.managedFields : [];
  const renamed = entries.map(entry =>
    isObject(entry) && entry.apiVersion === lost
      ? { ...entry, apiVersion: desired.kind.apiVersion }
      : entry,
  );
  if (renamed.every((entry, at) => entry === entries[at])) return undefined;
  const operations: readonly JsonObject[] = [
    { op: "test", path: "/metadata/uid", value: on.uid },
    { op: "test", path: "/metadata/resourceVersion", value: on.resourceVersion },
    { op: "replace", path: "/metadata/managedFields", value: renamed },
  ];
  const patched = await kube({
    method: "PATCH",
    path,
    query: { fieldManager },
    contentType: JSON_PATCH,
    body: toJson([...operations]),
    signal,
  });
  return patched.status < 300 ? readSighting(desired.kind, patched.body) : undefined;
}

function lostVersion({ status, body: { message } }: KubeAnswer): string | undefined {
  return status >= 400 && typeof message === "string" ? LOST.exec(message)?.[1] : undefined;
}
