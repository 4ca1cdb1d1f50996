/** Which kinds the API server serves, group version by group version: asked when first needed, and again on a miss. */
import { isList, isObject, type JsonObject } from "../../model/json";
import type { KindInfo, TypeRef } from "../../model/manifest";
import type { Kube } from "./client";
import { failUnlessFound } from "./faults";
import { groupVersionPath } from "./paths";

export interface Discovery {
  /** By `apiVersion/kind`; kinds that nobody serves are missing. */
  find(wanted: readonly TypeRef[], signal: AbortSignal): Promise<ReadonlyMap<string, KindInfo>>;
  /** Forget a group version: a CustomResourceDefinition of it has changed. */
  forget(apiVersion: string): void;
}

/** One request for each group version that is new or lacks a wanted kind. */
export function createDiscovery(kube: Kube): Discovery {
  const known = new Map<string, ReadonlyMap<string, KindInfo>>();

  async function read(apiVersion: string, kinds: ReadonlySet<string>, signal: AbortSignal) {
    const cached = known.get(apiVersion);
    if (cached !== undefined && [...kinds].every(kind => cached.has(kind))) return cached;
    const served = await ask(kube, apiVersion, signal);
    known.set(apiVersion, served);
    return served;
  }

  return {
    async find(wanted, signal) {
      const versions = new Map<string, Set<string>>();
      for (const { apiVersion, kind } of wanted) {
        versions.set(apiVersion, (versions.get(apiVersion) ?? new Set()).add(kind));
      }
      const found = new Map<string, KindInfo>();
      await Promise.all(
        [...versions].map(async ([apiVersion, kinds]) => {
          const served = await read(apiVersion, kinds, signal);
          for (const kind of kinds) {
            const info = served.get(kind);
            if (info !== undefined) found.set(`${apiVersion}/${kind}`, info);
          }
        }),
      );
      return found;
    },
    forget: apiVersion => void known.delete(apiVersion),
  };
}

async function ask(kube: Kube, apiVersion: string, signal: AbortSignal) {
  const path = groupVersionPath(apiVersion);
  const answer = await kube({ path, signal });
  const kinds = new Map<string, KindInfo>();
  if (!failUnlessFound(answer, path)) return kinds;
  const resources = isList(answer.body.resources) ? answer.body.resources : [];
  for (const resource of resources) {
    const info = isObject(resource) ? kindInfo(apiVersion, resource) : undefined;
    if (info !== undefined) kinds.set(info.kind, info);
  }
  return kinds;
}

function kindInfo(apiVersion: string, resource: JsonObject): KindInfo | undefined {
  const { kind, name, namespaced, verbs } = resource;
  if (typeof kind !== "string" || typeof name !== "string" || name.includes("/")) return undefined;
  // what cannot be patched cannot be applied: reviews, bindings, metrics
  if (!isList(verbs) || !verbs.includes("patch")) return undefined;
  return { apiVersion, kind, plural: name, namespaced: namespaced === true };
}
