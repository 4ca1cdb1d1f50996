/** URL paths of Kubernetes objects, from what the API server says about its kinds. */
import type { ObjectRef } from "./kube-types";

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly watch?: boolean;
}

export interface Paths {
  object(ref: ObjectRef): Promise<string>;
  collection(apiVersion: string, kind: string, by?: ListOptions): Promise<string>;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Paths that ask for the kinds of a group version once, and again when a kind is missing. */
export function createPaths(
  get: (path: string) => Promise<{ resources: readonly Resource[] }>,
): Paths {
  const known = new Map<string, readonly Resource[]>();
  const lookUp = async (apiVersion: string, kind: string): Promise<Resource> => {
    const cached = known.get(apiVersion)?.find(resource => resource.kind === kind);
    if (cached !== undefined) return cached;
    const { resources } = await get(base(apiVersion));
    const primary = resources.filter(resource => !resource.name.includes("/"));
    known.set(apiVersion, primary);
    const found = primary.find(resource => resource.kind === kind);
    if (found === undefined) throw new Error(`the API server does not know ${apiVersion} ${kind}`);
    return found;
  };
  return {
    object: async ref => {
      const resource = await lookUp(ref.apiVersion, ref.kind);
      const scope = resource.namespaced ? `/namespaces/${ref.namespace ?? "default"}` : "";
      return `${base(ref.apiVersion)}${scope}/${resource.name}/${encodeURIComponent(ref.name)}`;
    },
    collection: async (apiVersion, kind, by = {}) => {
      const resource = await lookUp(apiVersion, kind);
      const { namespace, ...query } = by;
      const scope =
        resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
      const pairs = Object.entries(query).map(([key, value]): [string, string] => [
        key,
        String(value),
      ]);
      const search = new URLSearchParams(pairs).toString();
      const suffix = search === "" ? "" : `?${search}`;
      return `${base(apiVersion)}${scope}/${resource.name}${suffix}`;
    },
  };
}

function base(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
