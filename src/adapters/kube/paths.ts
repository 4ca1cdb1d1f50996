/** URLs of the Kubernetes API. */
import type { KindInfo } from "../../model/manifest";
import type { ObjectKey } from "../../model/object-key";

/** `/api/v1`, `/apis/apps/v1` */
export function groupVersionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The collection of a kind: in one namespace, or ("") in all of them. */
export function collectionPath(kind: KindInfo, namespace: string): string {
  const base = groupVersionPath(kind.apiVersion);
  const scope =
    kind.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${scope}/${kind.plural}`;
}

/** One object. */
export function objectPath(kind: KindInfo, key: Pick<ObjectKey, "namespace" | "name">): string {
  return `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}`;
}
