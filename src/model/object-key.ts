/** The identity of an object in a cluster, and its written form `Kind.group/namespace/name`. */

export interface ObjectKey {
  /** API group, "" for the core group. */
  readonly group: string;
  readonly kind: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** `Deployment.apps/shop/api`; core: `ConfigMap/shop/settings`; cluster-scoped: `ClusterRole.rbac.authorization.k8s.io/reader`. */
export function formatKey(key: ObjectKey): string {
  const type = key.group === "" ? key.kind : `${key.kind}.${key.group}`;
  return key.namespace === "" ? `${type}/${key.name}` : `${type}/${key.namespace}/${key.name}`;
}

/** The inverse of formatKey; undefined for text that formatKey never writes. */
export function parseKey(text: string): ObjectKey | undefined {
  const [type, ...rest] = text.split("/");
  const name = rest.pop();
  const namespace = rest.pop() ?? "";
  if (!type || !name || rest.length > 0) return undefined;
  if (text.split("/").length === 3 && namespace === "") return undefined;
  const dot = type.indexOf(".");
  const kind = dot < 0 ? type : type.slice(0, dot);
  const group = dot < 0 ? "" : type.slice(dot + 1);
  if (kind === "" || (dot >= 0 && group === "")) return undefined;
  return { group, kind, namespace, name };
}
