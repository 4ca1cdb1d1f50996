/** Many ConfigMaps: what a first sync and a change of one cost, beside a bare loop that does only the unavoidable. */
import { delivery, post } from "../support/webhooks";
import { auditMark, requestsSince } from "../support/audit";
import { eventually } from "../../src/local/eventually";
import type { ServedRepository } from "../../src/local/git-server";
import type { KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import type { Bench } from "./part";

type Measured = Pick<Bench, "kube" | "auditLog">;

export interface Cost {
  readonly seconds: number;
  readonly requests: number;
}

/** Whom both processes are to the API server. */
export const NOPEA = "system:serviceaccount:pepr-system:pepr-nopea";
/** As many as nopea has in flight. */
const IN_FLIGHT = 16;
const PATIENCE_MS = 300_000;

/** The files of the repository: one ConfigMap each. */
export function configMaps(count: number, value: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`cm-${index}.yaml`, configMap(index, value)]),
  );
}

function configMap(index: number, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm-${index}\ndata:\n  value: "${value}"\n`;
}

/** The floor: the same objects by server-side apply and nothing else, as many in flight. */
export async function bareLoop(
  { kube, objects }: Pick<Bench, "kube" | "objects">,
  namespace: string,
): Promise<number> {
  await makeNamespace(kube, namespace);
  const started = performance.now();
  const queue = Array.from({ length: objects }, (_, index) => index).values();
  const worker = async () => {
    for (const index of queue) {
      const metadata = { namespace, name: `cm-${index}`, labels: { bench: "bare" } };
      await kube.apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { value: "0" } });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (performance.now() - started) / 1000;
}

/** From the creation of the GitRepository until its status names the commit. */
export async function firstSync(
  bench: Measured,
  git: ServedRepository,
  namespace: string,
  spec: object = {},
): Promise<Cost> {
  const { kube } = bench;
  await makeNamespace(kube, namespace);
  const commit = await git.head();
  return measure(bench, async () => {
    await kube.create(gitRepository(git, namespace, spec));
    await synced(kube, namespace, commit);
  });
}

/** Named `bench`, and asked for new commits once an hour. */
export function gitRepository(
  git: ServedRepository,
  namespace: string,
  spec: object = {},
): KubeObject {
  return {
    apiVersion: "nopea.false.systems/v1alpha1",
    kind: "GitRepository",
    metadata: { namespace, name: "bench" },
    spec: { url: git.url, interval: "1h", timeout: "5m", ...spec },
  };
}

/** From the trigger until the one changed object is live. */
export async function changeOne(
  bench: Measured,
  git: ServedRepository,
  namespace: string,
): Promise<Cost> {
  const { kube } = bench;
  const commit = await git.commit({ "cm-7.yaml": configMap(7, "changed") });
  const at = String(Date.now());
  const cost = await measure(bench, async () => {
    const annotations = { "nopea.io/sync-at": at };
    await kube.patch(repositoryIn(namespace), { metadata: { annotations } });
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "cm-7" };
    await eventually(async () => dataOf(await kube.get(ref)).value === "changed", PATIENCE_MS, 5);
  });
  await synced(kube, namespace, commit);
  return cost;
}

export interface Push {
  /** From the answer to the signed push until its one changed object is live. */
  readonly milliseconds: number;
  /** Of nopea's from the push until the status names its commit. */
  readonly requests: number;
}

/** Each push changes one of the objects, another one than the push before. */
export async function pushesToLive(
  { kube, auditLog }: Measured,
  git: ServedRepository,
  { namespace, pushes, url, secret }: Pushing,
): Promise<readonly Push[]> {
  const all: Push[] = [];
  for (let number = 1; number <= pushes; number++) {
    const name = `cm-${number % 100}`;
    const value = `push ${number}`;
    const commit = await git.commit({ [`${name}.yaml`]: configMap(number % 100, value) });
    const mark = await auditMark(auditLog);
    await post(url, delivery("github/push", { secret, branch: "main", commit }));
    const answeredAt = performance.now();
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace, name };
    await eventually(async () => dataOf(await kube.get(ref)).value === value, PATIENCE_MS, 5);
    const milliseconds = performance.now() - answeredAt;
    await synced(kube, namespace, commit);
    const requests = await requestsSince(auditLog, mark, { user: NOPEA });
    // what either process asks about itself, it asks whatever happens
    const caused = requests.filter(({ namespace: about }) => about === namespace);
    all.push({ milliseconds, requests: caused.length });
  }
  return all;
}

export interface Pushing {
  readonly namespace: string;
  readonly pushes: number;
  /** Of the webhook. */
  readonly url: string;
  readonly secret: string;
}

async function measure({ auditLog }: Measured, work: () => Promise<void>): Promise<Cost> {
  const mark = await auditMark(auditLog);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  // the last status write follows what was waited for
  await new Promise(resolve => setTimeout(resolve, 500));
  return { seconds, requests: (await requestsSince(auditLog, mark, { user: NOPEA })).length };
}

export async function makeNamespace(kube: KubeClient, name: string): Promise<void> {
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

function repositoryIn(namespace: string) {
  const apiVersion = "nopea.false.systems/v1alpha1";
  return { apiVersion, kind: "GitRepository", namespace, name: "bench" };
}

/** Returns when the status names the commit. */
export async function synced(kube: KubeClient, namespace: string, commit: string): Promise<void> {
  const isSynced = async () => {
    const { status } = await kube.get<KubeObject & { status?: { lastSyncedCommit?: string } }>(
      repositoryIn(namespace),
    );
    return status?.lastSyncedCommit === commit;
  };
  await eventually(isSynced, PATIENCE_MS, 20);
}

function dataOf(object: KubeObject): Readonly<Record<string, string>> {
  return object.data as Readonly<Record<string, string>>;
}
