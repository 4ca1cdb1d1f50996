/** `nopea diff` tells what the next sync would change, and changes nothing itself. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ObjectChange } from "../../src/cli/diff/change";
import { diff } from "../../src/cli/diff/diff";
import type { Access } from "../../src/local/access";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { commandContext } from "../support/command-context";
import { untilMay } from "../support/tenant";
import { configMap, deployment, useWorld, type App } from "../support/world";

const world = useWorld();
const { cluster } = world;
const { admin } = cluster;

interface Differences {
  readonly exitCode: number;
  readonly text: string;
  readonly changes: readonly ObjectChange[];
}

async function ask(
  app: Pick<App, "namespace" | "name">,
  options: { local?: string; access?: Access } = {},
): Promise<Differences> {
  const { local, access = cluster.adminAccess } = options;
  const { context, close } = commandContext(access, app.namespace);
  try {
    const { text, exitCode, value } = await diff(context, { name: app.name, local });
    return { text, exitCode, changes: (value as Differences).changes };
  } finally {
    await close();
  }
}

const image = "spec.template.spec.containers[name=api].image";
const slow = { interval: "1h" };
const refOf = (app: App, apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  namespace: app.namespace,
  name,
});

/** Until its controller has written what it writes of a new or changed spec: not while a diff looks. */
async function settled(app: App): Promise<void> {
  await eventually(async () => {
    const found = await admin.get<DeploymentObject>(refOf(app, "apps/v1", "Deployment", "api"));
    const { generation, annotations = {} } = found.metadata;
    const isSeen = found.status?.observedGeneration === generation;
    return isSeen && annotations["deployment.kubernetes.io/revision"] !== undefined;
  }, 30_000);
}

type DeploymentObject = KubeObject & {
  readonly metadata: { readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number };
};

describe.concurrent("nopea diff", () => {
  it("just synced: no differences, exit code 0", async () => {
    const files = { "a.yaml": configMap("a", "1"), "b.yaml": deployment("api:1.4") };
    const app = await world.app({ files, spec: slow });
    await app.synced();
    await settled(app);
    const { text, exitCode, changes } = await ask(app);
    expect({ exitCode, changes }).toEqual({ exitCode: 0, changes: [] });
    expect(text).toMatch(/commit [0-9a-f]{12} of main, 2 objects, no differences$/);
  });

  it("a new commit: created, changed and orphaned objects, exit code 3, and nothing is written", async () => {
    const files = { "a.yaml": configMap("a", "1"), "b.yaml": deployment("api:1.4") };
    const app = await world.app({ files, spec: slow });
    await app.synced();
    await settled(app);
    // the generation counts writes of the spec; the rest moves as its own controller reports
    const generation = async () =>
      (await admin.get(refOf(app, "apps/v1", "Deployment", "api"))).metadata.generation;
    const before = await generation();
    await app.push({
      "a.yaml": null,
      "b.yaml": deployment("api:1.5"),
      "c.yaml": configMap("c", "1"),
    });
    const { text, exitCode } = await ask(app);
    expect(exitCode).toBe(3);
    expect(text.split("\n").slice(1)).toEqual([
      `~ Deployment.apps/${app.namespace}/api  b.yaml:1`,
      `    ${image}: api:1.4 → api:1.5`,
      `+ ConfigMap/${app.namespace}/c  c.yaml:1`,
      `- ConfigMap/${app.namespace}/a`,
      "    Git no longer declares it: it stays, and is reported as orphaned (prune: false)",
    ]);
    expect(await generation()).toBe(before);
    expect(await app.data("c")).toBeUndefined();
  });

  it("a working tree: compared instead of the branch", async () => {
    const app = await world.app({ files: { "b.yaml": deployment("api:1.4") }, spec: slow });
    await app.synced();
    await settled(app);
    const local = mkdtempSync(join(tmpdir(), "nopea-diff-"));
    writeFileSync(join(local, "b.yaml"), deployment("api:2.0"));
    const { changes } = await ask(app, { local });
    rmSync(local, { recursive: true });
    expect(changes).toMatchObject([
      { action: "update", fields: [{ path: image, from: "api:1.4", to: "api:2.0" }] },
    ]);
  });

  it("an edit by hand that is held: whose it is, and why it stays", async () => {
    const spec = { ...slow, healPolicy: "manual" };
    const app = await world.app({ files: { "b.yaml": deployment("api:1.4") }, spec });
    await app.synced();
    await cluster.kubectl(["-n", app.namespace, "set", "image", "deploy/api", "api=hotfix"]);
    await cluster.kubectl([
      ...["-n", app.namespace, "annotate", "deploy/api", "nopea.io/suspend-heal=4h"],
      "nopea.io/suspend-heal-reason=INC-4711",
    ]);
    await settled(app);
    const { text, changes } = await ask(app);
    expect(changes).toMatchObject([
      { fields: [{ path: image, from: "hotfix", to: "api:1.4", owners: ["kubectl-set"] }] },
    ]);
    expect(text).toContain("changed by hand (kubectl-set)");
    expect(text).toMatch(/held: nopea\.io\/suspend-heal, until .*Z \(INC-4711\)/);
    expect(text).toContain("healPolicy manual: what was changed by hand is reported, not undone");
  });

  it("a running cluster is adopted: what would change is seen while the repository is suspended", async () => {
    const namespace = await cluster.createNamespace();
    const data = { value: "by hand" };
    const metadata = { namespace, name: "a" };
    await admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
    const files = { "a.yaml": configMap("a", "1") };
    const app = await world.app({ namespace, files, spec: { suspend: true } });
    const { text, changes } = await ask(app);
    expect(changes).toMatchObject([{ action: "update", fields: [{ path: "data.value" }] }]);
    expect(text).toContain("suspended: nothing of this is applied");
    expect(text).toContain("not managed by nopea yet: this repository adopts it");
  });

  it("Secrets: keys, never values", async () => {
    const secret = (value: string) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "s" },
        stringData: { password: value },
      });
    const app = await world.app({ files: { "s.yaml": secret("hunter2") }, spec: slow });
    await app.synced();
    await app.push({ "s.yaml": secret("hunter3") });
    const { text, changes } = await ask(app);
    expect(text).toContain("data.password: (changed) → (changed)");
    expect(JSON.stringify(changes)).not.toMatch(/hunter|aHVudGVy/);
  });

  it("objects that the API server refuses, of unknown kinds, or of another repository: told apart", async () => {
    const files = { "a.yaml": configMap("a", "1") };
    const first = await world.app({ files, spec: slow });
    await first.synced();
    const broken = JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "s" } });
    const widget = '{"apiVersion":"none.example.com/v1","kind":"Widget","metadata":{"name":"w"}}';
    const second = await world.app({
      namespace: first.namespace,
      name: "second",
      files: { ...files, "b.yaml": broken, "c.yaml": widget },
      spec: { suspend: true },
    });
    const { changes } = await ask(second);
    expect(changes.map(({ action, notes }) => [action, notes[0]])).toEqual([
      ["refused", expect.stringContaining(`GitRepository ${first.namespace}/app manages it`)],
      ["refused", expect.stringContaining("spec.ports")],
      ["refused", "the cluster knows no none.example.com/v1/Widget"],
    ]);
  });

  it("namespace and definition come with the same commit: no refusal", async () => {
    const name = `new-${Date.now().toString(36)}`;
    const inside = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", namespace: name },
    });
    const place = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const files = { "a.yaml": inside, "b.yaml": place };
    const app = await world.app({ files, spec: { suspend: true } });
    const { changes } = await ask(app);
    expect(changes.map(({ action }) => action)).toEqual(["create", "create"]);
    expect(changes[0]?.notes).toEqual(["its namespace comes with this commit"]);
  });

  it("a Secret that the caller may not read: said so, with the way out", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { suspend: true },
    });
    await app.edit({ secretRef: { name: "git" } });
    await admin.create({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { namespace: app.namespace, name: "reader" },
      rules: [
        { apiGroups: ["nopea.false.systems"], resources: ["gitrepositories"], verbs: ["get"] },
      ],
    });
    await admin.create({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { namespace: app.namespace, name: "reader" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "larry" }],
    });
    await untilMay(
      cluster,
      { user: "larry" },
      {
        verb: "get",
        namespace: app.namespace,
        group: "nopea.false.systems",
        resource: "gitrepositories",
      },
    );
    const asking = ask(app, { access: cluster.accessFor("larry") });
    await expect(asking).rejects.toThrow(/You may not read Secret .*\/git.*--local DIR/s);
  });

  it("no such GitRepository: an error that names where it was looked for", async () => {
    const app = await world.app({ files: {}, spec: { suspend: true } });
    const asking = ask({ namespace: app.namespace, name: "absent" });
    await expect(asking).rejects.toThrow(`no GitRepository absent in namespace ${app.namespace}`);
  });
});
