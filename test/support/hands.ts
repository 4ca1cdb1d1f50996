/** Edits of live objects as people and programs make them, what came of them, and what nopea recorded. */
import { createPaths } from "../../src/local/kube-paths";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually, type KubeClient } from "./cluster";
import type { Recorded, Recorder } from "./recorder";

export interface DriftRecordObject extends KubeObject {
  readonly spec: {
    readonly repository: string;
    readonly object: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly state: string;
    readonly class: string;
    readonly since: string;
    readonly edits: readonly {
      readonly by: string;
      readonly groups?: readonly string[];
      readonly at: string;
      readonly manager?: string;
      readonly verb: string;
      readonly source: string;
      readonly changes: readonly { path: string; from?: string; to?: string }[];
    }[];
    readonly repeats: number;
    readonly decision: string;
    readonly until?: string;
    readonly reason: string;
    readonly commit: string;
  };
}

/** A user of the control plane, and its groups: the hooks leave what it writes alone, so nobody is named for it. */
export const unseen = ["system:kube-tests", ["system:masters"]] as const;

/** Before 1.30 there are no matchConditions: the hook is asked about everybody's writes, and nobody is unseen. */
export const UNSEEN_SINCE_MINOR = 30;

/** Where an autoscaler's writes come from. */
export const autoscalerAccount = [
  "system:serviceaccount:kube-system:horizontal-pod-autoscaler",
  ["system:masters"],
] as const;

/**
 * "At once", in milliseconds, where a dozen tests and their kubectl share two cores: a bound that tells a watch from a
 * timer, no measure. How fast it is says the benchmark.
 */
export const atOnce = 10_000;

type Records = readonly [DriftRecordObject, ...DriftRecordObject[]];

/** Patches under a manager's name: a list is a JSON patch, an object a merge patch. */
export async function edit(
  kube: KubeClient,
  ref: ObjectRef,
  { manager, body, subresource }: { manager: string; body: unknown; subresource?: string },
): Promise<KubeObject> {
  const paths = createPaths(path => kube.call({ method: "GET", path }));
  const of = subresource === undefined ? "" : `/${subresource}`;
  const query = new URLSearchParams({ fieldManager: manager });
  const type = Array.isArray(body) ? "json-patch" : "merge-patch";
  return kube.call<KubeObject>({
    method: "PATCH",
    path: `${await paths.object(ref)}${of}?${query.toString()}`,
    body,
    type: `application/${type}+json`,
  });
}

/** What the scale subresource is for. */
export async function scale(kube: KubeClient, ref: ObjectRef, replicas: number, manager: string) {
  return edit(kube, ref, { manager, body: { spec: { replicas } }, subresource: "scale" });
}

/** All records of a namespace, oldest first. */
export async function recordsOf(
  kube: KubeClient,
  namespace: string,
): Promise<readonly DriftRecordObject[]> {
  const found = await kube.list<DriftRecordObject>("nopea.false.systems/v1alpha1", "DriftRecord", {
    namespace,
  });
  return found.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The records of a namespace as soon as there are so many, all of them closed. */
export function closedRecords(
  kube: KubeClient,
  namespace: string,
  count = 1,
  ms = 30_000,
): Promise<Records> {
  return recordsWhen(kube, namespace, { count, state: "closed", ms });
}

/** The records of a namespace as soon as there are so many in this state. */
export function recordsWhen(
  kube: KubeClient,
  namespace: string,
  { count, state, ms = 30_000 }: { count: number; state: string; ms?: number },
): Promise<Records> {
  return eventually(async () => {
    const [first, ...others] = await recordsOf(kube, namespace);
    const records = first === undefined ? [] : [first, ...others];
    const isSo = records.every(({ status }) => status.state === state);
    if (first !== undefined && records.length === count && isSo) return [first, ...others] as const;
    throw new Error(`records: ${JSON.stringify(records.map(({ status }) => status))}`);
  }, ms);
}

/** What people write of an object: no status, nothing that the server or a controller keeps for itself. */
export function contentOf({ metadata, status, ...object }: KubeObject): unknown {
  const { name, labels, annotations = {} } = metadata;
  const kept = Object.entries(annotations).filter(
    ([key]) => !key.startsWith("deployment.kubernetes.io/") && !key.startsWith("nopea.io/"),
  );
  return { ...object, metadata: { name, labels, annotations: Object.fromEntries(kept) } };
}

/** The same text for equal content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Until what is got is this. */
export async function becomes(
  get: () => Promise<unknown>,
  value: unknown,
  ms = 30_000,
): Promise<void> {
  await eventually(async () => {
    const found = canonical(await get());
    if (found === canonical(value)) return true;
    throw new Error(`it is ${found}`);
  }, ms);
}

/** Every value that was seen of an object, repetitions left out; undefined: it was gone. */
export function valuesOf<T extends KubeObject, V>(
  { events }: Recorder<T>,
  name: string,
  pick: (object: T) => V,
): readonly (V | undefined)[] {
  const seen = events
    .filter(({ object }) => object.metadata.name === name)
    .map(({ type, object }) => (type === "DELETED" ? undefined : pick(object)));
  return seen.filter((value, at) => at === 0 || canonical(value) !== canonical(seen[at - 1]));
}

/** When a value was first seen after a time of the recorder. */
export function firstAfter<T extends KubeObject>(
  recorder: Recorder<T>,
  at: number,
  fits: (object: T) => boolean,
  ms?: number,
): Promise<Recorded<T>> {
  return recorder.until(
    event => event.at > at && event.type !== "DELETED" && fits(event.object),
    ms,
  );
}
