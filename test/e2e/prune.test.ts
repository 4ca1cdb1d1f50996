/** What left Git goes where spec.prune says so: what is ours, once, in reverse order of need, and never what is not ours (spec 110). */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { becomes, unseen, UNSEEN_SINCE_MINOR } from "../support/hands";
import { createAccount, grantRole } from "../support/tenant";
import { definitionOf } from "../support/widgets";
import { configMap, readyMessage, useWorld, type App, type AppOptions } from "../support/world";

const world = useWorld();
const { cluster } = world;
const { admin } = cluster;

const spec = { prune: true, interval: "1s" };
const CONFIRM = "nopea.io/confirm-prune";

/** An app that prunes, and is in. */
async function start(files: AppOptions["files"] = {}, more: AppOptions = {}): Promise<App> {
  const app = await world.app({ ...more, files, spec: { ...spec, ...more.spec } });
  await app.synced(app.commit, 30_000);
  return app;
}

const pendingOf = async (app: App) => (await app.resource()).status?.pending;
const labelsOf = ({ namespace, name }: App) => ({
  "nopea.io/repository": name,
  "nopea.io/repository-namespace": namespace,
});

function isGone(ref: ObjectRef, ms = 20_000): Promise<boolean> {
  return eventually(async () => {
    if ((await admin.find(ref)) === undefined) return true;
    throw new Error(`${ref.kind} ${ref.name} is there`);
  }, ms);
}

const map = ({ namespace }: App, name: string): ObjectRef => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name,
});

/** What nopea has asked to be deleted, in order: `configmaps/b`. */
async function deletions(mark: number, { namespace }: App) {
  const writes = await world.writes(mark);
  return writes.filter(({ verb, uri }) => verb === "delete" && uri.includes(namespace));
}

describe.concurrent("prune: true", () => {
  it("an object leaves Git: deleted once, with uid and resourceVersion; everything else stays as it was", async () => {
    const app = await start({ "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") });
    const before = (await admin.get(map(app, "a"))).metadata.resourceVersion;
    const { metadata } = await admin.get(map(app, "b"));
    const mark = await world.mark();
    const commit = await app.push({ "b.yaml": null });
    const { status } = await app.synced(commit);
    expect(await app.data("b")).toBeUndefined();
    expect(status?.resources).toMatchObject({ total: 1, orphanCount: 0, orphans: [] });
    expect(status).not.toHaveProperty("pending");
    expect((await admin.get(map(app, "a"))).metadata.resourceVersion).toBe(before);
    await sleep(3_000);
    const made = await deletions(mark, app);
    expect(made.map(({ resource, name }) => `${resource}/${name}`)).toEqual(["configmaps/b"]);
    const { uid, resourceVersion } = metadata;
    expect(made[0]?.body).toMatchObject({
      propagationPolicy: "Background",
      preconditions: { uid, resourceVersion },
    });
    expect(await world.nopea.watcher.log()).toContain(`"objects":["ConfigMap/${app.namespace}/b"]`);
  });

  it("a Deployment leaves Git: its ReplicaSet goes with it", async () => {
    const selector = { matchLabels: { app: "api" } };
    const template = {
      metadata: { labels: { app: "api" } },
      spec: { containers: [{ name: "api", image: "registry.invalid/api:1" }] },
    };
    const metadata = { name: "api" };
    const kind = { apiVersion: "apps/v1", kind: "Deployment" };
    const deployment = JSON.stringify({ ...kind, metadata, spec: { selector, template } });
    const app = await start({ "a.yaml": configMap("a", "1"), "api.yaml": deployment });
    const sets = () => admin.list("apps/v1", "ReplicaSet", { namespace: app.namespace });
    await eventually(async () => (await sets()).length === 1 || undefined, 30_000);
    await app.synced(await app.push({ "api.yaml": null }));
    await eventually(async () => (await sets()).length === 0 || undefined, 60_000);
  });

  it("a copy by hand that carries our labels: left alone, and named in Ready", async ({ skip }) => {
    const minor = await cluster.minorVersion();
    skip(minor < UNSEEN_SINCE_MINOR, "the hook is asked about everybody, and takes the labels off");
    const app = await start({ "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") });
    const hand = cluster.as(...unseen);
    const metadata = { namespace: app.namespace, name: "copy", labels: labelsOf(app) };
    await hand.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { value: "1" } });
    await app.synced(await app.push({ "b.yaml": null }));
    const copy = `not applied by it: ConfigMap/${app.namespace}/copy`;
    await app.until(status => readyMessage(status).includes(copy));
    expect(await app.data("b")).toBeUndefined();
    expect(await app.data("copy")).toEqual({ value: "1" });
  });

  it.each(["in Git", "live"])(
    "nopea.io/prune: disabled %s: kept, and listed as orphaned",
    async where => {
      const annotations = { "nopea.io/prune": "disabled" };
      const b = JSON.parse(configMap("b", "1")) as { metadata: object };
      const declared = where === "in Git" ? { ...b, metadata: { ...b.metadata, annotations } } : b;
      const app = await start({
        "a.yaml": configMap("a", "1"),
        "b.yaml": JSON.stringify(declared),
      });
      if (where === "live") await admin.patch(map(app, "b"), { metadata: { annotations } });
      const { status } = await app.synced(await app.push({ "b.yaml": null }));
      expect(status?.resources?.orphans).toEqual([`ConfigMap/${app.namespace}/b`]);
      expect(await app.data("b")).toEqual({ value: "1" });
    },
  );

  it("suspended by hand: pending, and gone as soon as the annotation is", async () => {
    const app = await start({ "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") });
    await admin.patch(map(app, "b"), {
      metadata: { annotations: { "nopea.io/suspend-heal": "true" } },
    });
    const commit = await app.push({ "b.yaml": null });
    await app.synced(commit);
    const object = `ConfigMap/${app.namespace}/b`;
    await becomes(() => pendingOf(app), [{ object, commit, because: "suspended" }]);
    await admin.patch(map(app, "b"), {
      metadata: { annotations: { "nopea.io/suspend-heal": null } },
    });
    await isGone(map(app, "b"));
    await app.until(({ pending }) => pending === undefined);
  });

  it("a finalizer keeps it: deleted once, told, and nobody else waits", async () => {
    const held = { ...(JSON.parse(configMap("b", "1")) as object) } as KubeObject;
    const metadata = { ...held.metadata, finalizers: ["example.com/hold"] };
    const b = JSON.stringify({ ...held, metadata });
    const app = await start({
      "a.yaml": configMap("a", "1"),
      "b.yaml": b,
      "c.yaml": configMap("c", "1"),
    });
    const mark = await world.mark();
    const { status } = await app.synced(await app.push({ "b.yaml": null, "c.yaml": null }));
    expect(await app.data("c")).toBeUndefined();
    expect(readyMessage(status)).toContain(`waiting for finalizers: ConfigMap/${app.namespace}/b`);
    await app.synced(await app.push({ "a.yaml": configMap("a", "2") }));
    expect((await deletions(mark, app)).map(({ name }) => name).sort()).toEqual(["b", "c"]);
    await admin.patch(map(app, "b"), { metadata: { finalizers: null } });
    await app.until(found => !JSON.stringify(found.conditions).includes("finalizers"));
  });

  it("an apply that failed in part leaves nothing behind: what it made is pruned later", async () => {
    const wrong = JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "s" },
      spec: {},
    });
    const app = await start({ "a.yaml": configMap("a", "1") });
    await app.push({ "b.yaml": configMap("b", "1"), "s.yaml": wrong });
    await app.failed(/Service\/.*\/s/);
    expect(await app.data("b")).toEqual({ value: "1" });
    await app.synced(await app.push({ "b.yaml": null, "s.yaml": null }));
    expect(await app.data("b")).toBeUndefined();
  });

  it("what takes its place is refused: it stays until that is in", async () => {
    const wrong = (ports: object[]) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s" },
        spec: { ports },
      });
    const app = await start({ "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") });
    await app.push({ "b.yaml": null, "s.yaml": wrong([]) });
    const { status } = await app.until(({ phase }) => phase === "Failed");
    expect(status?.resources?.orphans).toEqual([`ConfigMap/${app.namespace}/b`]);
    expect(await app.data("b")).toEqual({ value: "1" });
    await app.synced(await app.push({ "s.yaml": wrong([{ port: 80 }]) }), 30_000);
    expect(await app.data("b")).toBeUndefined();
  });

  it("as a tenant's account that may not delete: named with verb and resource; granted: gone", async () => {
    const account = { namespace: await cluster.createNamespace("prune"), name: "deployer" };
    const { namespace } = account;
    await createAccount(cluster, account);
    const role = (verbs: readonly string[]) =>
      grantRole(cluster, account, {
        namespace,
        name: `r${verbs.length}`,
        rules: [["", ["configmaps"], verbs]],
      });
    await role(["get", "create", "patch"]);
    const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
    const app = await start(files, { namespace, spec: { serviceAccountName: "deployer" } });
    await app.push({ "b.yaml": null });
    const message = await app.failed(/cannot delete resource "configmaps"/);
    expect(message).toContain(`no longer in Git: ConfigMap/${namespace}/b`);
    expect(message).toContain(`system:serviceaccount:${namespace}:deployer`);
    await role(["delete"]);
    await app.until(({ phase }) => phase === "Synced", 90_000);
    expect(await app.data("b")).toBeUndefined();
  });
});

describe.concurrent("what has to be confirmed", () => {
  const claim = JSON.stringify({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });

  it("a Namespace, a PersistentVolumeClaim: pending; kubectl annotate as Ready says: gone, and the annotation too", async () => {
    const extra = `extra-${Date.now().toString(36)}`;
    const place = JSON.stringify({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: extra },
    });
    const files = {
      "a.yaml": configMap("a", "1"),
      "n.yaml": place,
      "p.yaml": claim,
      "b.yaml": configMap("b", "1"),
    };
    const app = await start(files);
    const { namespace, name } = app;
    const commit = await app.push({ "n.yaml": null, "p.yaml": null, "b.yaml": null });
    const { status } = await app.synced(commit);
    expect(await app.data("b")).toBeUndefined();
    const because = "confirm-prune";
    expect(status?.pending).toEqual([
      { object: `Namespace/${extra}`, commit, because },
      { object: `PersistentVolumeClaim/${namespace}/data`, commit, because },
    ]);
    expect(readyMessage(status)).toContain(`annotation ${CONFIRM}=${commit}`);
    const annotate = ["-n", namespace, "annotate", "gr", name, "--overwrite"];
    expect(await cluster.kubectl([...annotate, `${CONFIRM}=${"0".repeat(40)}`])).toMatchObject({
      code: 0,
    });
    await sleep(4_000);
    expect(await admin.find({ apiVersion: "v1", kind: "Namespace", name: extra })).toBeDefined();
    expect(await cluster.kubectl([...annotate, `${CONFIRM}=${commit}`])).toMatchObject({ code: 0 });
    await isGone({ apiVersion: "v1", kind: "Namespace", name: extra }, 60_000);
    await eventually(async () => {
      const { metadata } = await app.resource();
      return metadata.annotations?.[CONFIRM] === undefined || undefined;
    }, 30_000);
    expect(await pendingOf(app)).toBeUndefined();
  });

  it("everything, by a commit: nothing goes; confirmed: all of it", async () => {
    const files = Object.fromEntries(
      ["a", "b", "c"].map(name => [`${name}.yaml`, configMap(name, "1")]),
    );
    const app = await start(files);
    const commit = await app.push({
      "a.yaml": null,
      "b.yaml": null,
      "c.yaml": null,
      "d.yaml": configMap("d", "1"),
    });
    await app.synced(commit);
    expect((await pendingOf(app))?.map(({ because }) => because)).toEqual(
      Array(3).fill("confirm-prune"),
    );
    await app.annotate({ [CONFIRM]: commit });
    for (const name of ["a", "b", "c"]) await isGone(map(app, name));
    expect(await app.data("d")).toEqual({ value: "1" });
  });

  it("everything, by targetNamespace: the old objects stay until the commit is confirmed", async () => {
    const app = await start({ "a.yaml": configMap("a", "1") });
    const targetNamespace = await cluster.createNamespace("prune");
    await app.edit({ targetNamespace });
    const moved = { ...map(app, "a"), namespace: targetNamespace };
    await eventually(() => admin.find(moved), 20_000);
    await app.until(({ pending }) => pending?.length === 1);
    await sleep(3_000);
    expect(await app.data("a")).toEqual({ value: "1" });
    await app.annotate({ [CONFIRM]: app.commit });
    await isGone(map(app, "a"));
    expect(await admin.find(moved)).toBeDefined();
  });

  it("a definition and its custom resources: they go first, and it waits for their finalizers", async () => {
    const group = `prune-${Date.now().toString(36)}.example.com`;
    const definition = definitionOf(group);
    const kind = { apiVersion: `${group}/v1`, kind: "Widget" };
    const widget = { ...kind, metadata: { name: "w", finalizers: ["example.com/hold"] } };
    const files = {
      "a.yaml": configMap("a", "1"),
      "d.yaml": JSON.stringify(definition),
      "w.yaml": JSON.stringify(widget),
    };
    const app = await start(files);
    const commit = await app.push({ "d.yaml": null, "w.yaml": null });
    await app.synced(commit);
    await app.annotate({ [CONFIRM]: commit });
    const ref = { ...kind, namespace: app.namespace, name: "w" };
    await eventually(async () => (await admin.get(ref)).metadata.deletionTimestamp, 20_000);
    await sleep(3_000);
    const whole = {
      apiVersion: definition.apiVersion,
      kind: definition.kind,
      name: `widgets.${group}`,
    };
    expect((await admin.get(whole)).metadata.deletionTimestamp).toBeUndefined();
    await admin.patch(ref, { metadata: { finalizers: null } });
    await isGone(whole, 60_000);
    // what is on its way is no orphan any more, but its kind is looked at until it is gone
    const { status } = await app.until(({ resources }) => resources?.kinds.length === 1);
    expect(status?.resources).toMatchObject({ kinds: ["v1/ConfigMap"], orphanCount: 0 });
  });
});

describe("what nopea did not apply", () => {
  it("a table of every verb that it issues on it, from sync over prune and healing to the end of the repository: empty", async () => {
    const app = await start(
      { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
      { spec: { deletionPolicy: "Delete" } },
    );
    const { namespace } = app;
    const other = await world.app({
      name: "other",
      namespace,
      files: { "o.yaml": configMap("others", "1") },
    });
    await other.synced();
    const hand = cluster.as("system:kube-copy", ["system:masters"]);
    const owned = { apiVersion: "v1", kind: "ConfigMap", data: { value: "1" } };
    const helm = { "app.kubernetes.io/managed-by": "Helm" };
    await hand.create({ ...owned, metadata: { namespace, name: "copy", labels: labelsOf(app) } });
    await hand.create({ ...owned, metadata: { namespace, name: "plain" } });
    await hand.create({ ...owned, metadata: { namespace, name: "released", labels: helm } });
    const foreign = ["others", "copy", "plain", "released"];
    const mark = await world.mark();
    // declared by us and another's: not touched either
    await app.push({ "b.yaml": null, "o.yaml": configMap("others", "2") });
    await app.failed(/others/);
    await app.synced(await app.push({ "o.yaml": null, "c.yaml": configMap("c", "1") }));
    await hand.patch(map(app, "a"), { data: { value: "by hand" } });
    await app.holds("a", "1");
    for (const name of foreign) await hand.patch(map(app, name), { data: { more: "by hand" } });
    await app.remove();
    await isGone(app.ref, 60_000);
    await isGone(map(app, "a"));
    const table = (await world.writes(mark)).filter(({ uri }) =>
      foreign.some(name => uri.includes(`/namespaces/${namespace}/configmaps/${name}`)),
    );
    // the other repository heals its own
    const ours = table.filter(
      ({ uri }) => !uri.includes(encodeURIComponent(`nopea:${namespace}/other`)),
    );
    expect(ours.map(({ verb, name }) => `${verb} ${name}`)).toEqual([]);
    for (const name of foreign) expect(await app.data(name)).toBeDefined();
  });
});
