/** Finds out what is in the cluster: one paged list per kind of what is labelled as ours, and a look for what is not. */
import type { ObserveQuery } from "../../ports";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { Live } from "../../model/live";
import { kindId, type Desired, type KindInfo } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { NamespaceState, Observation } from "../../model/observation";
import type { Fault } from "../../model/verdict";
import { METADATA_LIST_ONLY, METADATA_ONLY, type Kube } from "./client";
import { failUnlessFound, orUnavailable } from "./faults";
import { readLive } from "./live";
import { collectionPath, objectPath } from "./paths";

const PAGE = "1000";
/** From this many unknown objects of a kind in a namespace on, one list is cheaper than asking for each. */
const LIST_FROM = 4;

/** Metadata only: values, those of Secrets above all, are neither transferred nor held. */
export async function observe(
  kube: Kube,
  query: ObserveQuery,
  signal: AbortSignal,
): Promise<Observation> {
  const objects = new Map<string, Live>();
  const unavailable = new Map<string, Fault>();
  const add = async (kind: KindInfo, asking: Promise<readonly Live[]>) => {
    const found = await orUnavailable(asking, fault => {
      unavailable.set(kindId(kind), fault);
      return [];
    });
    for (const live of found) objects.set(formatKey(live.key), live);
  };
  const pairs = Object.entries(query.labels).map(([name, value]) => `${name}=${value}`);
  const labelSelector = pairs.join(",");
  const [, namespaces] = await Promise.all([
    Promise.all(
      query.kinds.map(kind =>
        add(kind, list(kube, { kind, namespace: "", labelSelector }, signal)),
      ),
    ),
    lookAtNamespaces(kube, query.namespaces, signal),
  ]);
  const missing = query.sought.filter(
    ({ key, kind }) => !objects.has(formatKey(key)) && !unavailable.has(kindId(kind)),
  );
  await Promise.all(groups(missing).map(group => add(group[0].kind, seek(kube, group, signal))));
  return { objects, namespaces, unavailable };
}

/** Objects of one kind in one namespace. */
type Group = readonly [Desired, ...Desired[]];

/** Objects that are wanted and not labelled as ours: absent, or not ours yet. */
async function seek(kube: Kube, group: Group, signal: AbortSignal): Promise<readonly Live[]> {
  if (group.length >= LIST_FROM) {
    const wanted = new Set(group.map(({ key }) => formatKey(key)));
    const [{ kind, key }] = group;
    const found = await list(kube, { kind, namespace: key.namespace, labelSelector: "" }, signal);
    return found.filter(live => wanted.has(formatKey(live.key)));
  }
  const answers = await Promise.all(group.map(({ kind, key }) => get(kube, kind, key, signal)));
  return answers.filter(live => live !== undefined);
}

async function get(kube: Kube, kind: KindInfo, key: Desired["key"], signal: AbortSignal) {
  const path = objectPath(kind, key);
  const answer = await kube({ path, accept: METADATA_ONLY, signal });
  return failUnlessFound(answer, path) ? readLive(kind, answer.body) : undefined;
}

/** Objects of a kind, all of them (namespace "") or those of one namespace, by label or not. */
interface Collection {
  readonly kind: KindInfo;
  readonly namespace: string;
  readonly labelSelector: string;
}

async function list(kube: Kube, of: Collection, signal: AbortSignal): Promise<readonly Live[]> {
  const path = collectionPath(of.kind, of.namespace);
  const found: Live[] = [];
  let next = "";
  do {
    const query = { labelSelector: of.labelSelector, limit: PAGE, continue: next };
    const answer = await kube({ path, query, accept: METADATA_LIST_ONLY, signal });
    // 410: the continue token is too old, begin again
    if (answer.status === 410) return list(kube, of, signal);
    if (!failUnlessFound(answer, path)) return [];
    found.push(...itemsOf(answer.body).flatMap(item => readLive(of.kind, item) ?? []));
    next = continueToken(answer.body);
  } while (next !== "");
  return found;
}

function itemsOf(body: JsonObject): readonly Json[] {
  return isList(body.items) ? body.items : [];
}

function continueToken({ metadata }: JsonObject): string {
  return isObject(metadata) && typeof metadata.continue === "string" ? metadata.continue : "";
}

function groups(missing: readonly Desired[]): readonly Group[] {
  const byPlace = new Map<string, [Desired, ...Desired[]]>();
  for (const desired of missing) {
    const place = collectionPath(desired.kind, desired.key.namespace);
    const group = byPlace.get(place);
    if (group === undefined) byPlace.set(place, [desired]);
    else group.push(desired);
  }
  return [...byPlace.values()];
}

const NAMESPACE: KindInfo = {
  apiVersion: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

async function lookAtNamespaces(kube: Kube, names: readonly string[], signal: AbortSignal) {
  const states = await Promise.all(
    names.map(async (name): Promise<readonly [string, NamespaceState]> => {
      const live = await get(
        kube,
        NAMESPACE,
        { group: "", kind: "Namespace", namespace: "", name },
        signal,
      );
      if (live === undefined) return [name, "missing"];
      return [name, live.terminating ? "terminating" : "active"];
    }),
  );
  return new Map(states);
}
