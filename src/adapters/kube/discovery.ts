/** Which kinds the API server serves, group version by group version: asked when first needed, and again on a miss. */
import { isList, isObject, type JsonObject } from "../../model/json";
import { kindId, type KindInfo, type TypeRef } from "../../model/manifest";
import type { Fault } from "../../model/verdict";
import type { Kinds } from "../../ports";
import type { Kube } from "./client";
import { failUnlessFound, orUnavailable } from "./faults";
import { groupVersionPath } from "./paths";

export interface Discovery {
  find(wanted: readonly TypeRef[], signal: AbortSignal): Promise<Kinds>;
  /** Forget a group version: a CustomResourceDefinition of it has changed. */
  forget(apiVersion: string): void;
}

/** The kinds of one group version, with the fault where they could not be asked for. */
interface Answer {
  readonly kinds: ReadonlyMap<string, KindInfo>;
  readonly fault?: Fault;
}

/** One request for each group version that is new or lacks a wanted kind. */
export function createDiscovery(kube: Kube): Discovery {
  const known = new Map<string, ReadonlyMap<string, KindInfo>>();

  async function read(apiVersion: string, wanted: ReadonlySet<string>, signal: AbortSignal) {
    const cached = known.get(apiVersion);
    if (cached !== undefined && [...wanted].every(kind => cached.has(kind))) {
      return { kinds: cached };
    }
    const asking = ask(kube, apiVersion, signal).then((kinds): Answer => ({ kinds }));
    // what was known still counts: a list or an apply will say what is wrong
    const answer = await orUnavailable(asking, fault => ({ kinds: cached ?? new Map(), fault }));
    known.set(apiVersion, answer.kinds);
    return answer;
  }

  return {
    async find(wanted, signal) {
      const served = new Map<string, KindInfo>();
      const unavailable = new Map<string, Fault>();
      await Promise.all(
        [...byVersion(wanted)].map(async ([apiVersion, kinds]) => {
          const answer: Answer = await read(apiVersion, kinds, signal);
          for (const kind of kinds) {
            const info = answer.kinds.get(kind);
            const id = kindId({ apiVersion, kind });
            if (info !== undefined) served.set(id, info);
            else if (answer.fault !== undefined) unavailable.set(id, answer.fault);
          }
        }),
      );
      return { served, unavailable };
    },
    forget: apiVersion => void known.delete(apiVersion),
  };
}

function byVersion(wanted: readonly TypeRef[]): ReadonlyMap<string, ReadonlySet<string>> {
  const versions = new Map<string, Set<string>>();
  for (const { apiVersion, kind } of wanted) {
    versions.set(apiVersion, (versions.get(apiVersion) ?? new Set()).add(kind));
  }
  return versions;
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
