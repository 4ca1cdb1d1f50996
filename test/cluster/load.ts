/** A thousand objects under the limits of Pepr's Deployments: how long, how much memory, and no restart. */
import { eventually } from "../../src/local/eventually";
import type { KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import { NAMESPACE, type PodRepository } from "./app";

const API = "nopea.false.systems/v1alpha1";
const COUNT = 1000;

interface Repository extends KubeObject {
  readonly status?: { readonly phase?: string; readonly resources?: { readonly total: number } };
}

/** Syncs them and says what it took. */
export async function thousand(kube: KubeClient, git: PodRepository): Promise<string> {
  const files = Object.fromEntries(
    Array.from({ length: COUNT }, (_, index) => [`maps/${index}.yaml`, map(index)]),
  );
  await git.commit(files);
  const metadata = { namespace: NAMESPACE, name: "many" };
  const started = Date.now();
  await kube.create({
    apiVersion: API,
    kind: "GitRepository",
    metadata,
    spec: { url: git.url, path: "maps", timeout: "5m" },
  });
  const ref = { apiVersion: API, kind: "GitRepository", ...metadata };
  await eventually(
    async () => {
      const { status } = await kube.get<Repository>(ref);
      if (status?.phase === "Synced" && status.resources?.total === COUNT) return true;
      throw new Error(JSON.stringify(status));
    },
    300_000,
    200,
  );
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const megabytes = Math.round((await resident(kube)) / 1e6);
  const restarts = await restartsOf(kube);
  if (restarts > 0) throw new Error(`${restarts} restarts of pods`);
  return `in ${seconds} s, the watcher is ${megabytes} MB of ${await limits(kube)}`;
}

async function resident(kube: KubeClient): Promise<number> {
  const text = await kube.text("/api/v1/namespaces/pepr-system/services/nopea:80/proxy/metrics");
  const found = /^nopea_process_resident_memory_bytes (\S+)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error("no nopea_process_resident_memory_bytes in /metrics");
  return Number(found);
}

interface Pod extends KubeObject {
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
  readonly spec: {
    readonly containers: readonly { readonly resources: { readonly limits?: object } }[];
  };
}

async function restartsOf(kube: KubeClient): Promise<number> {
  const pods = await kube.list<Pod>("v1", "Pod", { namespace: "pepr-system" });
  return pods
    .flatMap(pod => pod.status.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
}

async function limits(kube: KubeClient): Promise<string> {
  const by = { namespace: "pepr-system", labelSelector: "app=pepr-nopea-watcher" };
  const [pod] = await kube.list<Pod>("v1", "Pod", by);
  return JSON.stringify(pod?.spec.containers[0]?.resources.limits);
}

const map = (index: number) =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: map-${index}}, data: {value: "${index}"}}\n`;
