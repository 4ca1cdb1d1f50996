/** Edits by hand among many synced objects: from the edit to the healed object, beside a loop that does only the unavoidable. */
import { setTimeout as sleep } from "node:timers/promises";
import { record, type Recorder } from "../support/recorder";
import type { KubeClient } from "../../src/local/kube-client";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import type { Bench } from "./part";

export interface Edit {
  readonly ref: ObjectRef;
  readonly patch: object;
  /** Who edits; default: whoever looks on. */
  readonly by?: KubeClient;
  /** What tells the edited object from the healed one. */
  readonly isEdited: (object: KubeObject) => boolean;
}

const PATIENCE_MS = 30_000;

/** An object that is healed more than four times in ten minutes is healed more rarely: each is edited once. */
export function editsOfConfigMaps(namespace: string, count: number): readonly Edit[] {
  return Array.from({ length: count }, (_, index) => ({
    ref: { apiVersion: "v1", kind: "ConfigMap", namespace, name: `cm-${index}` },
    patch: { data: { value: "by hand" } },
    isEdited: object => (object.data as { value?: string }).value === "by hand",
  }));
}

/** The container's image, as `kubectl set image` changes it. */
export function editsOfDeployments(namespace: string, count: number): readonly Edit[] {
  const image = "/spec/template/spec/containers/0/image";
  return Array.from({ length: count }, (_, index) => ({
    ref: { apiVersion: "apps/v1", kind: "Deployment", namespace, name: `deploy-${index}` },
    patch: [{ op: "replace", path: image, value: "by-hand" }],
    isEdited: object => JSON.stringify(object.spec).includes('"image":"by-hand"'),
  }));
}

/** The files of so many Deployments without a Pod. */
export function deployments(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = `deploy-${index}`;
      const labels = { app: name };
      const containers = [{ name: "app", image: "app:1" }];
      const template = { metadata: { labels }, spec: { containers } };
      const spec = { replicas: 0, selector: { matchLabels: labels }, template };
      const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec };
      return [`${name}.yaml`, JSON.stringify(object)];
    }),
  );
}

/** So long nobody edits after a heal: what it leaves to do (a record, an event, the status) is done by then. */
const PAUSE_MS = 150;

/** Sorted milliseconds from the edit to the healed object, both as a watch of its own sees them. */
export async function editsToHealed(
  kube: KubeClient,
  edits: readonly Edit[],
  pauseMs = PAUSE_MS,
): Promise<readonly number[]> {
  const [first] = edits;
  if (first === undefined) return [];
  const { apiVersion, kind, namespace = "" } = first.ref;
  const seen = await record<KubeObject>(kube, apiVersion, kind, { namespace });
  const times: number[] = [];
  for (const edit of edits) {
    await sleep(pauseMs);
    times.push(await editToHealed(kube, seen, edit));
  }
  await seen.stop();
  return times.sort((a, b) => a - b);
}

async function editToHealed(
  kube: KubeClient,
  seen: Recorder<KubeObject>,
  { ref, patch, by = kube, isEdited }: Edit,
): Promise<number> {
  const { metadata } = await by.patch(ref, patch);
  const version = Number(metadata.resourceVersion);
  const versionOf = ({ metadata }: KubeObject) => Number(metadata.resourceVersion);
  const edited = await seen.until(({ object }) => versionOf(object) === version, PATIENCE_MS);
  const healed = await seen.until(
    ({ object }) =>
      object.metadata.name === ref.name && versionOf(object) > version && !isEdited(object),
    PATIENCE_MS,
  );
  return healed.at - edited.at;
}

/** The floor: a watch, and a server-side apply for each edit that it shows. */
export async function bareHealing(
  { kube }: Pick<Bench, "kube">,
  namespace: string,
  count: number,
): Promise<readonly number[]> {
  const edits = editsOfConfigMaps(namespace, count);
  const stopping = new AbortController();
  const by = { namespace, resourceVersion: await kube.resourceVersion("v1", "ConfigMap") };
  const loop = kube.watch(
    { apiVersion: "v1", kind: "ConfigMap", by },
    ({ object }) => void undo(kube, object),
    stopping.signal,
  );
  const times = await editsToHealed(kube, edits);
  stopping.abort();
  await loop;
  return times;
}

async function undo(kube: KubeClient, { metadata, data }: KubeObject): Promise<void> {
  if ((data as { value?: string }).value !== "by hand") return;
  const { name, namespace = "" } = metadata;
  await kube.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace, name, labels: { bench: "bare" } },
    data: { value: "0" },
  });
}

/** The GitRepository, its namespace and everything in it: the next figures are not to pay for them. */
export async function clear(
  { kube, isQuick }: Pick<Bench, "kube" | "isQuick">,
  ...namespaces: readonly string[]
): Promise<void> {
  // nobody looks at the next figures
  if (isQuick) return;
  const refs = namespaces.map(name => ({ apiVersion: "v1", kind: "Namespace", name }));
  for (const ref of refs) await kube.delete(ref);
  for (const ref of refs) {
    while ((await kube.find(ref)) !== undefined) await sleep(500);
  }
}
