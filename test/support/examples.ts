/** Values of the model for tests: whole and ordinary, each with the one thing changed that the test is about. */
import { sha256 } from "../../src/adapters/sha256";
import type { Planning } from "../../src/core/sync/plan";
import type { Live, Sighting } from "../../src/model/live";
import type { Desired, KindInfo, Manifest } from "../../src/model/manifest";
import { groupOf } from "../../src/model/manifest";
import { formatApplied, ownerMarks } from "../../src/model/ownership";
import type { StepOutcome } from "../../src/model/outcome";
import type { Report } from "../../src/model/report";
import type { Overwrite, Verdict } from "../../src/model/verdict";

export const COMMIT = "8f3c".repeat(10);
export const MARKS = ownerMarks({ namespace: "shop", name: "my-app" }, sha256);

export const CONFIG_MAP: KindInfo = {
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};
export const CLUSTER_ROLE: KindInfo = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
};

/** ConfigMap shop/settings as Git wants it. */
export function desired(change: Partial<Desired> = {}): Desired {
  const kind = change.kind ?? CONFIG_MAP;
  const namespace = kind.namespaced ? "shop" : "";
  const key = { group: groupOf(kind.apiVersion), kind: kind.kind, namespace, name: "settings" };
  const { apiVersion } = kind;
  const manifest: Manifest = { apiVersion, kind: kind.kind, metadata: { name: "settings" } };
  const source = { file: "deploy/settings.yaml", line: 3 };
  return { key, kind, manifest, digest: "d1", source, ...change };
}

/** One of ours by name only. */
export function named(name: string, kind: KindInfo = CONFIG_MAP): Desired {
  const one = desired({ kind });
  return { ...one, key: { ...one.key, name } };
}

/** ConfigMap shop/settings as it is live, applied by us with digest d1. */
export function live(change: Partial<Live> = {}): Live {
  return {
    key: desired().key,
    uid: "uid-1",
    resourceVersion: "7",
    labels: MARKS.labels,
    annotations: { "nopea.io/applied": formatApplied({ digest: "d1", commit: COMMIT }) },
    managers: [{ manager: MARKS.fieldManager, operation: "Apply" }],
    terminating: false,
    ...change,
  };
}

/** A live object as a watch tells of it. */
export function sighting(change: Partial<Live> = {}): Sighting {
  const object = live(change);
  const { annotations, labels, uid, resourceVersion, key } = object;
  const { name, namespace } = key;
  const metadata = { name, namespace, uid, resourceVersion, labels, annotations };
  return { live: object, object: { ...desired().manifest, metadata } };
}

/** Ours is written, with nothing of it under anybody's hand. */
function overwrite(change: Partial<Overwrite> = {}): Overwrite {
  const nothing = { held: [], healed: [], dropped: [] };
  return { desired: desired(), live: live(), force: true, ...nothing, ...change };
}

export function update(change: Partial<Overwrite> = {}): Extract<Verdict, { action: "update" }> {
  return { action: "update", ...overwrite(change) };
}

export function adopt(change: Partial<Overwrite> = {}): Extract<Verdict, { action: "adopt" }> {
  return { action: "adopt", ...overwrite(change) };
}

/** Nothing is remembered of any object. */
export function planningFor(fieldManager: string, commit: string): Planning {
  const reader = { fieldManager, sha256, verifySeal: () => false };
  return { reader, commit, account: undefined, pastOf: () => ({}) };
}

/** The API server took the write. */
export function applied(created = false, changed = true): StepOutcome {
  return { result: "applied", desired: desired(), created, changed, sighting: sighting() };
}

/** The report of a sync that found everything as it should be. */
export function report(change: Partial<Report> = {}): Report {
  return {
    id: "01KF4X00000000000000000000",
    commit: COMMIT,
    looked: true,
    isWhole: true,
    failed: [],
    created: [],
    updated: [],
    adopted: [],
    held: [],
    drift: [],
    suspended: [],
    autoscaled: [],
    fights: [],
    orphans: [],
    pruned: [],
    unpruned: [],
    total: 1,
    kinds: ["v1/ConfigMap"],
    notices: [],
    writes: 0,
    ...change,
  };
}
