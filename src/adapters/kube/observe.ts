/** Finds out what is in the cluster: one paged list per kind of what is labelled as ours, and a look for what is not. */
import type { ObserveQuery } from "../../ports";
import type { Sighting } from "../../model/live";
import { kindId, type Desired, type KindInfo } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { NamespaceState, Observation } from "../../model/observation";
import type { Fault } from "../../model/verdict";
import { METADATA_LIST_ONLY, METADATA_ONLY, type Kube } from "./client";
import { failUnlessFound, orUnavailable } from "./faults";
import { listAll, selectorOf } from "./list";
import { readLive, readSighting } from "./live";
import { collectionPath, objectPath } from "./paths";

/** From this many unknown objects of a kind in a namespace on, one list is cheaper than asking for each. */
const LIST_FROM = 4;

/** Whole objects, but only of what is ours or sought: values of others are neither transferred nor held. */
export async function observe(
  kube: Kube,
  query: ObserveQuery,
  signal: AbortSignal,
): Promise<Observation> {
  const objects = new Map<string, Sighting>();
  const unavailable = new Map<string, Fault>();
  const add = async (kind: KindInfo, asking: Promise<readonly Sighting[]>) => {
    const found = await orUnavailable(asking, fault => {
      unavailable.set(kindId(kind), fault);
      return [];
    });
    for (const sighting of found) objects.set(formatKey(sighting.live.key), sighting);
  };
  const selector = selectorOf(query.labels);
  const [, namespaces] = await Promise.all([
    Promise.all(query.kinds.map(kind => add(kind, list(kube, kind, selector, signal)))),
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
async function seek(kube: Kube, group: Group, signal: AbortSignal): Promise<readonly Sighting[]> {
  const there = group.length < LIST_FROM ? group : await present(kube, group, signal);
  const found = await Promise.all(there.map(({ kind, key }) => get(kube, kind, key, signal)));
  return found.filter(sighting => sighting !== undefined);
}

/** Those of a group that there are. Metadata only: the namespace holds what is not wanted, Secrets among it. */
async function present(kube: Kube, group: Group, signal: AbortSignal): Promise<readonly Desired[]> {
  const [{ kind, key }] = group;
  const { namespace } = key;
  const collection = { kind, namespace, labelSelector: "", accept: METADATA_LIST_ONLY };
  const listed = await listAll(kube, collection, signal);
  const names = new Set(listed?.items.map(item => readLive(kind, item)?.key.name));
  return group.filter(desired => names.has(desired.key.name));
}

async function get(kube: Kube, kind: KindInfo, key: Desired["key"], signal: AbortSignal) {
  const path = objectPath(kind, key);
  const answer = await kube({ path, signal });
  return failUnlessFound(answer, path) ? readSighting(kind, answer.body) : undefined;
}

/** All of a kind that carry the labels. */
async function list(
  kube: Kube,
  kind: KindInfo,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const listed = await listAll(kube, { kind, namespace: "", labelSelector }, signal);
  return listed?.items.flatMap(item => readSighting(kind, item) ?? []) ?? [];
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
    names.map(async name => [name, await namespaceState(kube, name, signal)] as const),
  );
  return new Map(states);
}

async function namespaceState(
  kube: Kube,
  name: string,
  signal: AbortSignal,
): Promise<NamespaceState> {
  const path = objectPath(NAMESPACE, { namespace: "", name });
  const answer = await kube({ path, accept: METADATA_ONLY, signal });
  if (!failUnlessFound(answer, path)) return "missing";
  return readLive(NAMESPACE, answer.body)?.terminating === true ? "terminating" : "active";
}
