/** A small cluster in memory behind the Cluster port: uids, versions, labels, field owners, and failures on demand. */
import { declaredKinds } from "../../src/core/sync/declared-kinds";
import type { JsonObject } from "../../src/model/json";
import type { Live, Sighting } from "../../src/model/live";
import {
  groupOf,
  kindId,
  type Desired,
  type KindInfo,
  type Manifest,
} from "../../src/model/manifest";
import { formatKey, type ObjectKey } from "../../src/model/object-key";
import type { NamespaceState } from "../../src/model/observation";
import type { StepOutcome } from "../../src/model/outcome";
import type { Plan, Step } from "../../src/model/plan";
import type { Removal, RemovalOutcome } from "../../src/model/removal";
import type { Fault } from "../../src/model/verdict";
import type { Cluster, Follower, Rehearsal } from "../../src/ports";
import { appliedOf, keyOf, mergeStep, patchStored, sameOwned, unstamped } from "./fake-apply";
import { createFakeRepositories, type FakeRepositories } from "./fake-repositories";
import { createFakeRights } from "./fake-rights";
import {
  applyLeaves,
  EMPTY,
  leavesOf,
  objectOf,
  removeLeaf,
  updateLeaves,
  type Owned,
} from "./field-ownership";
import { hasLabels, isLabelled, liveOf, wholeOf, type Stored } from "./stored-object";

export type Verb =
  | "kinds"
  | "observe"
  | "follow"
  | "forbidden"
  | "rehearse"
  | "execute"
  | "remove"
  | "finalizer"
  | "confirmation"
  | "definition"
  | "repositories"
  | "status";

/** One apply that reached the server, whatever came of it. */
export interface Write {
  readonly object: string;
  readonly manager: string;
  readonly force: boolean;
  readonly commit: string;
  /** The name of the account that it was made as; absent: nopea itself. */
  readonly account?: string;
  readonly result: StepOutcome["result"];
}

/** One deletion that reached the server, whatever came of it. */
export interface FakeRemoval {
  readonly object: string;
  readonly result: RemovalOutcome["result"];
}

export interface FakeCluster {
  readonly port: Cluster;
  readonly repositories: FakeRepositories;
  readonly requests: readonly Verb[];
  readonly writes: readonly Write[];
  readonly removals: readonly FakeRemoval[];
  serve(kind: KindInfo): void;
  /** Server-side apply by somebody else; throws on a conflict. */
  apply(manifest: Manifest, manager: string, force?: boolean): void;
  /** An edit by hand; the object is named as `ConfigMap/shop/settings`. */
  edit(object: string, changes: JsonObject, manager?: string): void;
  /** Takes a label or annotation off: `labels/nopea.io~1repository`. */
  strip(object: string, path: string): void;
  delete(object: string): void;
  /** Gives it a deletionTimestamp. */
  terminate(object: string): void;
  /** Whole object, without what the server writes; undefined: not there. */
  read(object: string): JsonObject | undefined;
  live(object: string): Live | undefined;
  /** From now on writes of this object are refused with this; undefined: no longer. */
  refuse(object: string, fault: Fault | undefined): void;
  /** From now on accounts have no right to this object, or have it again; nopea itself has. */
  forbid(object: string, isForbidden?: boolean): void;
  /** From now on its server answers 503 at these requests, and at no others; none: it is well again. */
  break(kindId: string, ...at: readonly Verb[]): void;
  /** From now on requests of this kind fail with this; undefined: no longer. */
  fail(verb: Verb, error: Error | undefined): void;
  /** Called before each apply or deletion takes effect: to move the object under the hands, or to wait. */
  beforeApply: (object: string) => void | Promise<void>;
  /** Called when an apply has taken effect, before its answer: what it throws is all that comes of it. */
  afterApply: () => void;
}

interface Change {
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
}

const MOST_REQUESTS = 20_000;

const BUILT_IN: readonly KindInfo[] = [
  { apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespaced: false },
  { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true },
  { apiVersion: "v1", kind: "Secret", plural: "secrets", namespaced: true },
  { apiVersion: "v1", kind: "Service", plural: "services", namespaced: true },
  { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", namespaced: true },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    plural: "clusterroles",
    namespaced: false,
  },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
  },
];

export function createFakeCluster(): FakeCluster {
  const kinds = new Map(BUILT_IN.map(kind => [kindId(kind), kind]));
  const objects = new Map<string, Stored>();
  const refused = new Map<string, Fault>();
  const failing = new Map<Verb, Error>();
  const rights = createFakeRights();
  const broken = new Map<string, readonly Verb[]>();
  const repositories = createFakeRepositories();
  const requests: Verb[] = [];
  const writes: Write[] = [];
  const removals: FakeRemoval[] = [];
  /** Followers, each with the kinds that it is told of. */
  const followers = new Map<Follower, ReadonlyMap<string, KindInfo>>();
  let count = 0;

  const ask = async (verb: Verb, signal: AbortSignal) => {
    signal.throwIfAborted();
    // a hot loop would never give the event loop back, and the test would hang
    if (requests.length > MOST_REQUESTS) throw new Error("more requests than any test needs");
    requests.push(verb);
    await Promise.resolve();
    signal.throwIfAborted();
    const error = failing.get(verb);
    if (error !== undefined) throw error;
  };

  const store = (key: ObjectKey, owned: Owned, before: Stored | undefined): Stored => {
    if (before !== undefined && sameOwned(before.owned, owned)) return before;
    const version = ++count;
    const uid = before?.uid ?? `uid-${version}`;
    const stored = { key, uid, version, owned, terminating: before?.terminating ?? false };
    objects.set(formatKey(key), stored);
    announce(before, stored);
    return stored;
  };

  const kindOf = ({ group, kind }: ObjectKey): KindInfo | undefined =>
    [...kinds.values()].find(info => info.kind === kind && groupOf(info.apiVersion) === group);

  const see = (stored: Stored): Sighting => ({
    live: liveOf(stored),
    object: wholeOf(stored, kindOf(stored.key)?.apiVersion ?? "v1"),
  });

  /** As a watch of everything that nopea labelled: what lost its label is told as it was before. */
  const announce = (before: Stored | undefined, after: Stored | undefined) => {
    const stored = after ?? before;
    const kind = stored && kindOf(stored.key);
    if (kind === undefined) return;
    const theirs = [...followers].filter(([, followed]) => followed.has(kindId(kind)));
    for (const [follower] of theirs) tellOf(follower, kind, { before, after });
  };

  const tellOf = (follower: Follower, kind: KindInfo, { before, after }: Change) => {
    if (after && isLabelled(after)) follower.changed(kind, see(after));
    else if (before && isLabelled(before)) follower.lost(kind, see(before));
  };

  const change = (object: string, by: (stored: Stored) => Stored) => {
    const stored = objects.get(object);
    if (stored === undefined) throw new Error(`no ${object}`);
    const changed = { ...by(stored), version: ++count };
    objects.set(object, changed);
    announce(stored, changed);
  };

  const namespaceState = (name: string): NamespaceState => {
    const stored = objects.get(`Namespace/${name}`);
    if (stored === undefined) return "missing";
    return stored.terminating ? "terminating" : "active";
  };

  const preconditionsHold = ({ on }: Step, stored: Stored | undefined) =>
    on === undefined || (on.uid === stored?.uid && on.resourceVersion === `${stored.version}`);

  const placeless = ({ namespace }: ObjectKey): Fault | undefined => {
    const state = namespace === "" ? "active" : namespaceState(namespace);
    const message = `namespace ${namespace} is ${state}`;
    switch (state) {
      case "active":
        return undefined;
      case "missing":
        return { code: "namespace-not-found", message };
      case "terminating":
        return { code: "object-terminating", message };
    }
  };

  const brokenAt = (verb: Verb, ids: readonly string[]): ReadonlyMap<string, Fault> =>
    new Map(
      ids
        .filter(id => broken.get(id)?.includes(verb) === true)
        .map(id => [id, { code: "kind-unavailable", message: `${id}: 503` }]),
    );

  const nowhereToGo = ({ key, kind }: Desired): Fault | undefined => {
    const unavailable = brokenAt("execute", [kindId(kind)]).get(kindId(kind));
    if (unavailable !== undefined) return unavailable;
    if (!kinds.has(kindId(kind))) return unserved(kind);
    return objects.has(formatKey(key)) ? undefined : placeless(key);
  };

  const release = (desired: Desired, patched: Stored, before: Stored | undefined): StepOutcome => {
    const fault = refused.get(formatKey(desired.key));
    if (fault !== undefined) return { result: "failed", desired, fault };
    const sighting = see(store(desired.key, patched.owned, before));
    return { result: "released", desired, sighting };
  };

  const applyStep = (step: Step, plan: Plan): StepOutcome => {
    const { desired } = step;
    const before = objects.get(formatKey(desired.key));
    if (!preconditionsHold(step, before)) return { result: "stale", desired };
    const nowhere = nowhereToGo(desired);
    if (nowhere !== undefined) return { result: "failed", desired, fault: nowhere };
    const patched = before && patchStored(before, step, plan);
    if (step.patchOnly && patched) return release(desired, patched, before);
    const merge = mergeStep(patched, step, plan);
    if ("conflicts" in merge) return { result: "contested", desired, managers: merge.conflicts };
    // as in the real one: conflicts are found before the object is validated
    const fault = refused.get(formatKey(desired.key));
    if (fault !== undefined) return { result: "failed", desired, fault };
    const after = store(desired.key, unstamped(merge.merged), before);
    declaredKinds([desired]).forEach(serve);
    return appliedOf(desired, before, see(after));
  };

  const rehearse = ({ desired, manifest, fieldManager, on }: Rehearsal) => {
    const id = formatKey(desired.key);
    const before = objects.get(id);
    // whoever refuses a write refuses its dry run
    if (refused.has(id)) return undefined;
    if (before?.uid !== on.uid || `${before.version}` !== on.resourceVersion) return undefined;
    const merge = applyLeaves(before.owned, leavesOf(manifest), fieldManager, true);
    if ("conflicts" in merge) return undefined;
    return see({ ...before, owned: merge.merged }).object;
  };

  const remove = (removal: Removal): RemovalOutcome => {
    const { key, kind, on } = removal;
    const object = formatKey(key);
    const stored = objects.get(object);
    if (!kinds.has(kindId(kind))) return { result: "failed", removal, fault: unserved(kind) };
    if (stored === undefined) return { result: "removed", removal };
    const isIt = on.uid === stored.uid && on.resourceVersion === `${stored.version}`;
    if (!isIt) return { result: "stale", removal };
    const fault = refused.get(object) ?? brokenAt("remove", [kindId(kind)]).get(kindId(kind));
    if (fault !== undefined) return { result: "failed", removal, fault };
    if ([...stored.owned.leaves.keys()].some(path => path.startsWith("/metadata/finalizers"))) {
      fake.terminate(object);
      return { result: "terminating", removal };
    }
    fake.delete(object);
    return { result: "removed", removal };
  };

  const serve = (kind: KindInfo) => void kinds.set(kindId(kind), kind);

  const fake: FakeCluster = {
    repositories,
    requests,
    writes,
    removals,
    serve,
    beforeApply: () => undefined,
    afterApply: () => undefined,
    port: {
      async kinds(wanted, signal) {
        await ask("kinds", signal);
        const ids = wanted.map(kindId);
        const unavailable = brokenAt("kinds", ids);
        const isServed = (id: string) => ids.includes(id) && !unavailable.has(id);
        return { served: new Map([...kinds].filter(([id]) => isServed(id))), unavailable };
      },
      async observe(query, signal) {
        await ask("observe", signal);
        const looked = [...query.kinds, ...query.sought.map(({ kind }) => kind)].map(kindId);
        const unavailable = brokenAt("observe", looked);
        const groupKinds = new Set(
          query.kinds
            .filter(kind => !unavailable.has(kindId(kind)))
            .map(kind => `${kind.kind}.${groupOf(kind.apiVersion)}`),
        );
        const sought = new Set(
          query.sought
            .filter(({ kind }) => !unavailable.has(kindId(kind)))
            .map(({ key }) => formatKey(key)),
        );
        const found = [...objects].map(([id, stored]) => [id, see(stored)] as const);
        const isWanted = ([id, { live }]: (typeof found)[number]) =>
          sought.has(id) ||
          (groupKinds.has(`${live.key.kind}.${live.key.group}`) &&
            Object.entries(query.labels).every(([name, value]) => live.labels[name] === value));
        return {
          objects: new Map(found.filter(isWanted)),
          namespaces: new Map(query.namespaces.map(name => [name, namespaceState(name)])),
          unavailable,
        };
      },
      async follow(follower, wanted, signal) {
        const before = followers.get(follower);
        const ids = wanted.map(kindId);
        const isNew = ids.some(id => before?.has(id) !== true);
        if (isNew) await ask("follow", signal);
        const unavailable = brokenAt("follow", ids);
        const followed = wanted.filter(kind => !unavailable.has(kindId(kind)));
        followers.set(follower, new Map(followed.map(kind => [kindId(kind), kind])));
        for (const kind of followed) {
          if (before?.has(kindId(kind)) === true) continue;
          const theirs = [...objects.values()].filter(
            stored => kindOf(stored.key)?.kind === kind.kind && hasLabels(stored, follower.labels),
          );
          follower.listed(kind, theirs.map(see));
        }
        return unavailable;
      },
      unfollow: follower => void followers.delete(follower),
      async forbidden(account, desired, signal) {
        await ask("forbidden", signal);
        return rights.forbidden(account, desired);
      },
      async rehearse(rehearsal, signal) {
        await ask("rehearse", signal);
        return rehearse(rehearsal);
      },
      async execute(plan, told, signal) {
        await ask("execute", signal);
        for (const step of plan.stages.flat()) {
          const object = formatKey(step.desired.key);
          await fake.beforeApply(object);
          signal.throwIfAborted();
          const outcome = applyStep(step, plan);
          const { fieldManager: manager, commit, account } = plan;
          const as = account === undefined ? {} : { account: account.name };
          writes.push({
            object,
            manager,
            commit,
            ...as,
            force: step.force,
            result: outcome.result,
          });
          fake.afterApply();
          told(outcome);
        }
      },
      async remove(removal, signal) {
        await ask("remove", signal);
        const object = formatKey(removal.key);
        await fake.beforeApply(object);
        signal.throwIfAborted();
        const outcome = remove(removal);
        removals.push({ object, result: outcome.result });
        return outcome;
      },
      async repositories(namespace, signal) {
        await ask("repositories", signal);
        return repositories.names(namespace);
      },
      async setFinalizer(id, isWanted, signal) {
        await ask("finalizer", signal);
        repositories.setFinalizer(id, isWanted);
      },
      async takeConfirmation(id, commit, signal) {
        await ask("confirmation", signal);
        repositories.takeConfirmation(id, commit);
      },
      async isUninstalled(signal) {
        await ask("definition", signal);
        return repositories.isUninstalled;
      },
      async writeStatus(id, status, signal) {
        await ask("status", signal);
        repositories.writeStatus(id, status);
      },
    },
    apply(manifest, manager, force = false) {
      const key = keyOf(manifest);
      const before = objects.get(formatKey(key));
      const merge = applyLeaves(before?.owned ?? EMPTY, leavesOf(manifest), manager, force);
      if ("conflicts" in merge) throw new Error(`conflict with ${merge.conflicts.join(", ")}`);
      store(key, merge.merged, before);
    },
    edit: (object, changes, manager = "kubectl-edit") =>
      change(object, stored => ({
        ...stored,
        owned: updateLeaves(stored.owned, leavesOf(changes), manager),
      })),
    strip: (object, path) =>
      change(object, stored => ({
        ...stored,
        owned: removeLeaf(stored.owned, `/metadata/${path}`),
      })),
    delete: object => {
      const stored = objects.get(object);
      objects.delete(object);
      announce(stored, undefined);
    },
    terminate: object => change(object, stored => ({ ...stored, terminating: true })),
    read: object => {
      const stored = objects.get(object);
      return stored === undefined ? undefined : objectOf(stored.owned.leaves);
    },
    live: object => {
      const stored = objects.get(object);
      return stored === undefined ? undefined : liveOf(stored);
    },
    refuse: (object, fault) =>
      fault === undefined ? refused.delete(object) : refused.set(object, fault),
    forbid: rights.forbid,
    break: (id, ...at) => void broken.set(id, at),
    fail: (verb, error) => (error === undefined ? failing.delete(verb) : failing.set(verb, error)),
  };
  return fake;
}

function unserved({ kind }: KindInfo): Fault {
  return { code: "kind-not-found", message: `${kind} is not served` };
}
