/** `nopea uninstall` leaves nothing of nopea and nothing stuck, and the objects as they are. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { uninstall, type UninstallOptions } from "../../src/cli/uninstall/uninstall";
import { buildModule } from "../../src/local/build-module";
import { startControlPlane, type ControlPlane } from "../../src/local/control-plane";
import { eventually } from "../../src/local/eventually";
import { startGitServer, type GitServer } from "../../src/local/git-server";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import { startNopea, type Nopea } from "../../src/local/nopea";
import { projectRoot } from "../../src/local/paths";
import { commandContext } from "../support/command-context";

const API = "nopea.false.systems/v1alpha1";
const MINUTES = 60_000;

let directory = "";
let git: GitServer;
let controlPlane: ControlPlane;
let admin: KubeClient;
let nopea: Nopea | undefined;

beforeAll(async () => {
  await buildModule(projectRoot, () => undefined);
  directory = await mkdtemp(join(tmpdir(), "nopea-uninstall-"));
  git = await startGitServer(directory);
  controlPlane = await startControlPlane();
  admin = createKubeClient(controlPlane.admin);
}, 10 * MINUTES);

afterAll(async () => {
  await nopea?.stop();
  await admin.close();
  await controlPlane.stop();
  await git.stop();
  await rm(directory, { recursive: true, force: true });
}, MINUTES);

const map = (namespace: string, name: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name,
});

/** A repository whose end would delete its objects, synced. */
async function sync(namespace: string): Promise<void> {
  nopea = await startNopea({ controlPlane });
  await admin.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const repository = await git.create(`${namespace}/app-${Date.now()}`);
  const object = (name: string) =>
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { v: "1" } });
  await repository.commit({ "a.yaml": object("a"), "b.yaml": object("b") });
  const spec = { url: repository.url, interval: "5s", deletionPolicy: "Delete" };
  const app = {
    apiVersion: API,
    kind: "GitRepository",
    metadata: { namespace, name: "app" },
    spec,
  };
  await eventually(() => admin.create(app), MINUTES);
  await eventually(async () => {
    const ref = { apiVersion: API, kind: "GitRepository", namespace, name: "app" };
    const { status } = await admin.get<KubeObject & { status?: { phase?: string } }>(ref);
    return status?.phase === "Synced" || undefined;
  }, MINUTES);
}

async function run(options: Partial<UninstallOptions> = {}) {
  const { context, close } = commandContext(controlPlane.admin, "default");
  try {
    return await uninstall(context, { yes: true, dryRun: false, deleteCrds: true, ...options });
  } finally {
    await close();
  }
}

/** Whatever is called or labelled like nopea or Pepr, but for the objects that were applied. */
async function leftovers(): Promise<readonly string[]> {
  const kinds = [
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
    ["admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"],
    ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole"],
    ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
    ["rbac.authorization.k8s.io/v1", "Role"],
    ["rbac.authorization.k8s.io/v1", "RoleBinding"],
    ["v1", "Namespace"],
    ["v1", "Secret"],
    ["v1", "Service"],
    ["v1", "ServiceAccount"],
  ] as const;
  const lists = await Promise.all(
    kinds.map(async ([apiVersion, kind]) => {
      const items = await admin.list(apiVersion, kind);
      return items.map(({ metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
    }),
  );
  return lists.flat().filter(name => /nopea|pepr/.test(name));
}

async function expectNothingLeft(namespace: string): Promise<void> {
  await eventually(async () => {
    const left = await leftovers();
    if (left.length === 0) return true;
    throw new Error(left.join(", "));
  }, MINUTES);
  const ref = map(namespace, "a");
  expect(await admin.get(ref)).toMatchObject({ data: { v: "1" } });
  await admin.patch(ref, { data: { v: "2" } });
  expect(await admin.get(ref)).toMatchObject({ data: { v: "2" } });
  const metadata = { namespace, name: "new", labels: { "nopea.io/repository": "app" } };
  await admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
  await admin.delete(ref);
  expect(await admin.find(ref)).toBeUndefined();
  expect(await admin.find(map(namespace, "b"))).toBeDefined();
}

it(
  "with its processes running: nothing of nopea is left, the objects stay, and a second run finds nothing",
  async () => {
    await sync("shop");
    const refused = run({ yes: false });
    await expect(refused).rejects.toMatchObject({ exitCode: 2 });
    const { text: planned } = await run({ dryRun: true });
    expect(planned).toContain("would delete Secret pepr-system/nopea");
    expect((await leftovers()).length).toBeGreaterThan(10);
    const { text, exitCode } = await run();
    expect(exitCode).toBe(0);
    expect(text).toContain("2 objects that nopea applied stay");
    await nopea?.stop();
    await expectNothingLeft("shop");
    expect(await run()).toMatchObject({
      exitCode: 0,
      text: "Nothing of nopea is left in this cluster.",
    });
  },
  10 * MINUTES,
);

it(
  "its watcher killed before: nothing hangs on a finalizer; installed again it works",
  async () => {
    await sync("store");
    await nopea?.stop();
    const other = { name: "others", namespace: "pepr-system" };
    await admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: other });
    const { text } = await run();
    expect(text).toContain("took the finalizer off 1 GitRepository");
    expect(text).toContain("left Namespace pepr-system: others are there (ConfigMap others)");
    await admin.delete(map("pepr-system", "others"));
    await admin.delete({ apiVersion: "v1", kind: "Namespace", name: "pepr-system" });
    await expectNothingLeft("store");
  },
  10 * MINUTES,
);
