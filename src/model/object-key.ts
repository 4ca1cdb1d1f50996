/** The identity of an object in a cluster, and its written form `Kind.group/namespace/name`. */

export interface ObjectKey {
  /** API group, "" for the core group. */
  readonly group: string;
  readonly kind: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** One object and no other of the same name: what Events refer to. */
export interface ObjectRef {
  readonly key: ObjectKey;
  readonly apiVersion: string;
  readonly uid: string;
}

/** `Deployment.apps/shop/api`; core: `ConfigMap/shop/settings`; cluster-scoped: `ClusterRole.rbac.authorization.k8s.io/reader`. */
export function formatKey(key: ObjectKey): string {
  const type = key.group === "" ? key.kind : `${key.kind}.${key.group}`;
  return key.namespace === "" ? `${type}/${key.name}` : `${type}/${key.namespace}/${key.name}`;
}

const WRITTEN = /^([^./]+)(?:\.([^/]+))?(?:\/([^/]+))?\/([^/]+)$/;

/** The inverse of formatKey; undefined for text that formatKey never writes. */
export function parseKey(text: string): ObjectKey | undefined {
  const [, kind, group = "", namespace = "", name] = WRITTEN.exec(text) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  return { group, kind, namespace, name };
}
