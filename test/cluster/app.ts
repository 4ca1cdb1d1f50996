/** One application in the cluster: its GitRepository, what it applies, and what is seen of it. */
import { eventually } from "../../src/local/eventually";
import type { GitRepository } from "../../src/local/git-repository";
import type { KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import { kubectl } from "./programs";

export const NAMESPACE = "nopea-cluster-test";
const API = "nopea.false.systems/v1alpha1";
const MINUTE = 60_000;

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

export interface RepositoryStatus {
  readonly phase?: string;
  readonly lastSyncedCommit?: string;
  readonly suspended?: readonly { readonly object: string; readonly by: string }[];
  readonly conditions?: readonly Condition[];
}

export interface Episode {
  readonly state: string;
  readonly decision: string;
  readonly since: string;
  readonly until?: string;
  readonly decisionAt?: string;
  readonly edits: readonly { readonly by: string; readonly source: string }[];
}

export interface App {
  readonly namespace: string;
  commit(greeting: string): Promise<string>;
  synced(commit: string): Promise<void>;
  /** Until it is not Ready, for this reason. */
  fails(reason: string): Promise<void>;
  greeting(): Promise<string>;
  greets(greeting: string, withinMs?: number): Promise<void>;
  /** kubectl as larry, who may edit what is in the namespace. */
  larry(...args: readonly string[]): Promise<string>;
  respec(spec: object): Promise<void>;
  status(): Promise<RepositoryStatus>;
  /** Newest first. */
  episodes(): Promise<readonly Episode[]>;
}

export type PodRepository = GitRepository & { readonly url: string };

/** A GitRepository of a new namespace, where larry may edit; synced. */
export async function openApp(kube: KubeClient, git: PodRepository): Promise<App> {
  const namespace = NAMESPACE;
  const ref = { apiVersion: API, kind: "GitRepository", namespace, name: "app" };
  const settings = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "settings" };
  const status = async () => {
    const found = await kube.get<KubeObject & { status?: RepositoryStatus }>(ref);
    return found.status ?? {};
  };
  const greeting = async () => {
    const { data } = await kube.get<KubeObject & { data: { greeting: string } }>(settings);
    return data.greeting;
  };
  const app: App = {
    namespace,
    status,
    greeting,
    commit: text => git.commit({ "deploy/app.yaml": files(text) }),
    synced: async commit => {
      await eventually(() => requireSynced(status, commit), MINUTE, 200);
    },
    fails: async reason => {
      await eventually(() => requireReady(status, { status: "False", reason }), MINUTE, 200);
    },
    greets: async (text, withinMs = MINUTE) => {
      await eventually(async () => {
        const found = await greeting();
        if (found !== text) throw new Error(`greeting is ${found}, not ${text}`);
        return true;
      }, withinMs);
    },
    larry: (...args) => kubectl("-n", namespace, "--as", "larry", ...args),
    respec: async spec => {
      await kube.patch(ref, { spec });
    },
    episodes: async () => {
      const records = await kube.list<KubeObject & { status: Episode }>(API, "DriftRecord", {
        namespace,
      });
      return records
        .map(record => record.status)
        .sort((one, other) => other.since.localeCompare(one.since));
    },
  };
  const first = await app.commit("first");
  await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await kubectl(
    "-n",
    namespace,
    "create",
    "rolebinding",
    "edit",
    "--clusterrole=edit",
    "--user=larry",
  );
  const spec = { url: git.url, path: "deploy", interval: "2s" };
  await kube.create({
    apiVersion: API,
    kind: "GitRepository",
    metadata: { namespace, name: "app" },
    spec,
  });
  await app.synced(first);
  return app;
}

async function requireSynced(status: App["status"], commit: string): Promise<true> {
  const found = await requireReady(status, { status: "True" });
  if (found.lastSyncedCommit === commit) return true;
  throw new Error(JSON.stringify(found));
}

async function requireReady(
  status: App["status"],
  wanted: Partial<Condition>,
): Promise<RepositoryStatus> {
  const found = await status();
  const ready = found.conditions?.find(({ type }) => type === "Ready");
  const { reason, status: is } = { ...ready, ...wanted };
  if (ready?.status === is && ready?.reason === reason) return found;
  throw new Error(JSON.stringify(found));
}

/** Hooks follow within seconds of the first sync: until a dry run is answered with a word of nopea's. */
export async function untilSeen(app: App): Promise<void> {
  const attempt = ["label", "configmap", "settings", "nopea.io/repository=x", "--overwrite"];
  await eventually(
    async () => {
      const said = await app.larry(...attempt, "--dry-run=server");
      if (!said.includes("nopea.io labels")) throw new Error(`the hook does not see it: ${said}`);
      return true;
    },
    MINUTE,
    500,
  );
}

/** One without url is refused, with words that help; a moment after the pods are ready, when the node routes to them. */
export async function refused(kube: KubeClient): Promise<void> {
  const type = { apiVersion: API, kind: "GitRepository" };
  const metadata = { namespace: NAMESPACE, name: "bad" };
  const attempt = async () => {
    const answer = await kube.create({ ...type, metadata, spec: { url: "" } }).then(
      () => "accepted",
      (error: unknown) => String(error),
    );
    if (answer === "accepted") await kube.delete({ ...type, ...metadata });
    if (!answer.includes("spec.url is missing: set it")) throw new Error(answer);
    return true;
  };
  await eventually(attempt, 20_000, 500);
}

function files(greeting: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {greeting: ${greeting}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "localhost/api:1"}]}
`;
}
