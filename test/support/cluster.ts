/** The control plane of the test run as tests see it: clients for any user, kubectl, namespaces, the audit log. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, inject } from "vitest";
import { writeKubeconfig, type Access } from "../../src/local/access";
import { loadAuthority } from "../../src/local/certificates";
import type { ControlPlane } from "../../src/local/control-plane";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import { requestToken } from "../../src/local/token";
import { createSlots } from "../../src/worker/slots";

export { eventually } from "../../src/local/eventually";
export { KubeError, type KubeClient } from "../../src/local/kube-client";
export type { KubeObject } from "../../src/local/kube-types";

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestCluster {
  /** The administrator's client. */
  readonly admin: KubeClient;
  readonly adminAccess: Access;
  readonly auditLog: string;
  /** A client of a person with a client certificate of their own. */
  as(user: string, groups?: readonly string[]): KubeClient;
  accessFor(user: string, groups?: readonly string[]): Access;
  tokenFor(namespace: string, serviceAccount: string): Promise<string>;
  /** The minor version of the API server: 24 for Kubernetes 1.24. */
  minorVersion(): Promise<number>;
  /** Runs kubectl; a failure is a result, not an exception. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** A new namespace with a name of its own, deleted after the file's tests. */
  createNamespace(prefix?: string): Promise<string>;
}

export interface KubectlOptions {
  readonly access?: Access;
  readonly input?: string;
  /** An editor, say. */
  readonly env?: Readonly<Record<string, string>>;
}

/** So many at once in a test file: each is busy while it starts, and what is tested must not wait for it. */
const KUBECTLS = 4;

/**
 * The cluster of the test run, or another one, for one test file; its clients are closed and its namespaces deleted
 * after the last test.
 */
export function testCluster(
  { dir, kubectl }: Pick<ControlPlane, "dir" | "kubectl"> = inject("controlPlane"),
): TestCluster {
  const read = (name: string) => readFileSync(join(dir, name), "utf8");
  const authority = loadAuthority({ cert: read("ca.crt"), key: read("ca.key") });
  const { url } = JSON.parse(read("about.json")) as { url: string };
  const accessFor = (user: string, groups: readonly string[] = []): Access => ({
    url,
    ca: authority.cert,
    ...authority.client(user, groups),
  });
  const adminAccess = accessFor("nopea-test-admin", ["system:masters"]);
  const clients = [createKubeClient(adminAccess)] as [KubeClient, ...KubeClient[]];
  const admin = clients[0];
  const namespaces: string[] = [];
  const turns = createSlots(() => KUBECTLS);
  afterAll(async () => {
    await Promise.all(namespaces.map(name => admin.delete(namespaceRef(name))));
    await Promise.all(clients.map(client => client.close()));
  });
  return {
    admin,
    adminAccess,
    auditLog: join(dir, "audit.log"),
    accessFor,
    as: (user, groups) => {
      const client = createKubeClient(accessFor(user, groups));
      clients.push(client);
      return client;
    },
    tokenFor: (namespace, serviceAccount) => requestToken(adminAccess, namespace, serviceAccount),
    minorVersion: async () => {
      const { gitVersion } = JSON.parse(await admin.text("/version")) as { gitVersion: string };
      return Number(gitVersion.split(".")[1]);
    },
    kubectl: async (args, options = {}) => {
      const kubeconfig = join(dir, `kubectl-${uniqueSuffix()}.kubeconfig`);
      await writeKubeconfig(kubeconfig, options.access ?? adminAccess);
      const { input = "", env: more = {} } = options;
      const env = { PATH: process.env.PATH, HOME: dir, ...more, KUBECONFIG: kubeconfig };
      const end = await turns.take(new AbortController().signal);
      return runKubectl(kubectl, args, { env, input }).finally(end);
    },
    createNamespace: async (prefix = "test") => {
      const name = `${prefix}-${uniqueSuffix()}`;
      await admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      namespaces.push(name);
      return name;
    },
  };
}

/** Short, lower case, different each time. */
export function uniqueSuffix(): string {
  const random = Math.floor(Math.random() * 36 ** 4).toString(36);
  return `${Date.now().toString(36)}${random.padStart(4, "0")}`;
}

function namespaceRef(name: string) {
  return { apiVersion: "v1", kind: "Namespace", name };
}

function runKubectl(
  kubectl: string,
  args: readonly string[],
  { env, input }: { env: NodeJS.ProcessEnv; input: string },
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(kubectl, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(new Error(`${kubectl} does not run`, { cause: error }));
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
