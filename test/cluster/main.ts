/** `npm run test:cluster`: deploys nopea as users do into the cluster of the current kubeconfig, and syncs with it. */
import { spawn } from "node:child_process";
import { eventually } from "../../src/local/eventually";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import { projectRoot } from "../../src/local/paths";
import { currentAccess, servePods, type PodGit } from "./surroundings";

const NAMESPACE = "nopea-cluster-test";
const MINUTE = 60_000;

async function main(): Promise<void> {
  const kube = createKubeClient(await currentAccess());
  console.log(`Cluster ${kube.access.url}`);
  await cleanUp(kube);
  await step("npx pepr deploy --yes exits 0", deploy);
  await step("pods are ready, definitions Established, webhook configurations there", () =>
    installed(kube),
  );
  const git = await step("a Git server runs where pods reach it", () => servePods(kube));
  try {
    await syncs(kube, git);
  } finally {
    git.stop();
    await cleanUp(kube);
    await kube.close();
  }
}

async function syncs(kube: KubeClient, git: PodGit): Promise<void> {
  const repository = await git.create("app");
  const first = await repository.commit({ "deploy/app.yaml": app("first") });
  await step("a GitRepository becomes Synced", async () => {
    await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    await kube.create(gitRepository(repository.url));
    await synced(kube, first);
  });
  await step("its objects are there, with the commit's content", () => greets(kube, "first"));
  const second = await repository.commit({ "deploy/app.yaml": app("second") });
  await step("a commit becomes live", async () => {
    await synced(kube, second);
    await greets(kube, "second");
  });
  await step("a GitRepository without url is refused, with words that help", () => refused(kube));
  await step("npx pepr deploy --yes again exits 0", deploy);
  await step("the new pods are ready", () => installed(kube));
  const third = await repository.commit({ "deploy/app.yaml": app("third") });
  await step("a commit after the second deploy becomes live", async () => {
    await synced(kube, third);
    await greets(kube, "third");
  });
}

let passed = 0;

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  try {
    const result = await work();
    passed++;
    console.log(`ok      ${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return result;
  } catch (error) {
    console.log(`failed  ${what}`);
    throw error;
  }
}

function deploy(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("npx", ["pepr", "deploy", "--yes"], { cwd: projectRoot });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.once("error", reject);
    child.once("exit", code => {
      if (code === 0) resolve();
      else reject(new Error(`npx pepr deploy ended with ${String(code)}:\n${output.slice(-4000)}`));
    });
  });
}

async function installed(kube: KubeClient): Promise<void> {
  for (const name of ["pepr-nopea", "pepr-nopea-watcher"]) {
    await eventually(() => rolledOut(kube, name), 3 * MINUTE, 500);
  }
  for (const plural of ["gitrepositories", "driftrecords"]) {
    const name = `${plural}.nopea.false.systems`;
    const ref = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
    await eventually(async () => isTrue(await kube.get(ref), "Established"), MINUTE, 200);
  }
  const apiVersion = "admissionregistration.k8s.io/v1";
  await kube.get({ apiVersion, kind: "ValidatingWebhookConfiguration", name: "pepr-nopea" });
}

/** All pods are of the newest template, and the old ones are gone: until then an old certificate may answer. */
async function rolledOut(kube: KubeClient, name: string): Promise<boolean> {
  const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace: "pepr-system", name };
  const { metadata, spec, status } = await kube.get<KubeObject & Rollout>(ref);
  const pods = await kube.list("v1", "Pod", {
    namespace: "pepr-system",
    labelSelector: `app=${name}`,
  });
  return (
    status.observedGeneration === metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.availableReplicas === spec.replicas &&
    pods.length === spec.replicas
  );
}

interface Rollout {
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

interface WithStatus {
  readonly status?: {
    readonly lastSyncedCommit?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

function isTrue(object: KubeObject & WithStatus, type: string): boolean {
  return object.status?.conditions?.some(c => c.type === type && c.status === "True") ?? false;
}

async function synced(kube: KubeClient, commit: string): Promise<void> {
  await eventually(
    async () => {
      const repository = await kube.get<KubeObject & WithStatus>(repositoryRef);
      if (repository.status?.lastSyncedCommit === commit && isTrue(repository, "Ready"))
        return true;
      throw new Error(JSON.stringify(repository.status));
    },
    MINUTE,
    200,
  );
}

async function greets(kube: KubeClient, greeting: string): Promise<void> {
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "settings" };
  const { data } = await kube.get<KubeObject & { readonly data: { readonly greeting: string } }>(
    ref,
  );
  if (data.greeting !== greeting) throw new Error(`greeting is ${data.greeting}, not ${greeting}`);
  await kube.get({ apiVersion: "apps/v1", kind: "Deployment", namespace: NAMESPACE, name: "api" });
}

async function refused(kube: KubeClient): Promise<void> {
  const answer = await kube
    .create({ ...gitRepository(""), metadata: { namespace: NAMESPACE, name: "bad" } })
    .then(
      () => "accepted",
      (error: unknown) => String(error),
    );
  if (!answer.includes("spec.url is missing: set it")) throw new Error(answer);
}

async function cleanUp(kube: KubeClient): Promise<void> {
  const ref = { apiVersion: "v1", kind: "Namespace", name: NAMESPACE };
  await kube.delete(ref);
  await eventually(async () => (await kube.find(ref)) === undefined, 2 * MINUTE, 500);
}

const repositoryRef = {
  apiVersion: "nopea.false.systems/v1alpha1",
  kind: "GitRepository",
  namespace: NAMESPACE,
  name: "app",
};

function gitRepository(url: string): KubeObject {
  const { apiVersion, kind, namespace, name } = repositoryRef;
  return {
    apiVersion,
    kind,
    metadata: { namespace, name },
    spec: { url, path: "deploy", interval: "2s" },
  };
}

function app(greeting: string): string {
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

main().then(
  () => console.log(`${passed} passed, 0 failed`),
  (error: unknown) => {
    console.error(error);
    console.log(`${passed} passed, 1 failed`);
    process.exitCode = 1;
  },
);
