/** Immutable fields: named, and with `nopea.io/recreate: enabled` the object is deleted and made anew. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { startRefusingWebhook } from "../support/admission-webhook";
import { eventually } from "../support/cluster";
import { closedRecords, edit, recordsOf } from "../support/hands";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const recreate = { "nopea.io/recreate": "enabled" };

interface Content extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const job = (image: string, annotations = {}) =>
  JSON.stringify({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "migrate", annotations },
    spec: {
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [{ name: "a", image: `registry.invalid/${image}` }],
        },
      },
    },
  });

/** Immutable, and with a label that a hand may change. */
const sealed = (
  value: string,
  { annotations = {}, labels = {}, finalizers = [] as string[] } = {},
) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "sealed", annotations, labels, finalizers },
    immutable: true,
    data: { value },
  });

const refTo = ({ namespace }: App, kind = "ConfigMap", name = "sealed"): ObjectRef => ({
  apiVersion: kind === "Job" ? "batch/v1" : "v1",
  kind,
  namespace,
  name,
});

const uidOf = async (ref: ObjectRef) => (await admin.get(ref)).metadata.uid;
const deletions = async ({ namespace }: App, mark: number) =>
  (await world.writes(mark)).filter(
    write => write.namespace === namespace && write.verb === "delete",
  );

async function start(file: string, spec = {}): Promise<App> {
  const files = { "it.yaml": file, "other.yaml": configMap("other", "1") };
  const app = await world.app({ files, spec: { interval: "1s", ...spec } });
  await app.synced(app.commit, 60_000);
  return app;
}

const push = (app: App, file: string) =>
  app.push({ "it.yaml": file, "other.yaml": configMap("other", "2") });

describe.concurrent("an immutable field is changed in Git", () => {
  it("a Job's template: named with the way out and without its values, the rest is in; with the annotation: made anew", async () => {
    const app = await start(job("a:1"));
    const ref = refTo(app, "Job", "migrate");
    const uid = await uidOf(ref);
    await push(app, job("a:2"));
    expect(await app.failed(/migrate/, 60_000)).toMatch(
      /^it\.yaml:1: Job\.batch\/.*\/migrate: spec\.template: field is immutable: undo the change, or .*nopea\.io\/recreate: enabled/,
    );
    expect(conditionOf((await app.resource()).status, "Ready")?.reason).toBe("ImmutableField");
    expect(await app.data("other")).toEqual({ value: "2" });
    expect(await uidOf(ref)).toBe(uid);
    await app.synced(await push(app, job("a:2", recreate)), 60_000);
    const after = await admin.get<Content>(ref);
    expect(after.metadata.uid).not.toBe(uid);
    expect(JSON.stringify(after.spec)).toContain("registry.invalid/a:2");
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
    expect((await app.resource()).status).toMatchObject({ driftCount: 0 });
  });

  it("somebody deletes the object instead: made anew at once, as Git declares", async () => {
    const app = await start(job("a:1"));
    const commit = await push(app, job("a:2"));
    await app.failed(/migrate/, 60_000);
    await admin.delete(refTo(app, "Job", "migrate"), { propagationPolicy: "Background" });
    await app.synced(commit, 15_000);
  });

  it("healPolicy manual: made anew all the same, no record, and once", async () => {
    const app = await start(sealed("1", { annotations: recreate }), { healPolicy: "manual" });
    const mark = await world.mark();
    await app.synced(await push(app, sealed("2", { annotations: recreate })), 60_000);
    expect(await app.data("sealed")).toEqual({ value: "2" });
    await sleep(4_000);
    expect(await deletions(app, mark)).toHaveLength(1);
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
  });

  it("a Service becomes headless: made anew", async () => {
    const service = (spec: object) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", annotations: recreate },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
      });
    const app = await start(service({}));
    await app.synced(await push(app, service({ clusterIP: "None" })), 60_000);
    expect(await admin.get<Content>(refTo(app, "Service", "web"))).toMatchObject({
      spec: { clusterIP: "None" },
    });
  });

  it("finalizers hold it: named while it goes, the rest is in, and made anew when it is gone", async () => {
    const held = { annotations: recreate, finalizers: ["nopea.example/held"] };
    const app = await start(sealed("1", held), { healPolicy: "manual" });
    const commit = await push(app, sealed("2", { annotations: recreate }));
    expect(await app.failed(/being deleted/, 60_000)).toMatch(/ConfigMap\/.*\/sealed/);
    await app.holds("other", "2");
    await admin.patch(refTo(app), { metadata: { finalizers: null } });
    await app.synced(commit, 20_000);
    expect(await app.data("sealed")).toEqual({ value: "2" });
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
  });

  it("suspended by hand: left alone and pending, until that is over", async () => {
    const app = await start(sealed("1", { annotations: recreate }));
    const uid = await uidOf(refTo(app));
    const annotate = (value: string | null) =>
      edit(admin, refTo(app), {
        manager: "kubectl-annotate",
        body: { metadata: { annotations: { "nopea.io/suspend-heal": value } } },
      });
    await annotate("true");
    const commit = await push(app, sealed("2", { annotations: recreate }));
    const { status } = await app.synced(commit, 60_000);
    expect(status?.pending).toMatchObject([{ because: "suspended", commit }]);
    expect(await uidOf(refTo(app))).toBe(uid);
    await annotate(null);
    await eventually(async () => {
      expect(await app.data("sealed")).toEqual({ value: "2" });
      return true;
    }, 20_000);
    expect(await uidOf(refTo(app))).not.toBe(uid);
  });

  it("a hand changed another field, and healPolicy is manual: it stays, and says why", async () => {
    const labels = { tier: "front" };
    const app = await start(sealed("1", { annotations: recreate, labels }), {
      healPolicy: "manual",
    });
    const uid = await uidOf(refTo(app));
    const body = { metadata: { labels: { tier: "back" } } };
    await edit(admin, refTo(app), { manager: "kubectl-label", body });
    await app.until(({ driftCount }) => driftCount === 1);
    const commit = await push(app, sealed("2", { annotations: recreate, labels }));
    expect(await app.failed(/sealed/, 60_000)).toMatch(
      /data: field is immutable.*it stays: edits by hand are kept on it, of metadata\.labels\.tier/,
    );
    expect(await uidOf(refTo(app))).toBe(uid);
    await app.edit({ healPolicy: "auto" });
    await app.synced(commit, 30_000);
    expect(await uidOf(refTo(app))).not.toBe(uid);
    const [record] = await closedRecords(admin, app.namespace);
    expect(record.status).toMatchObject({ state: "closed", decision: "healed" });
  });

  it("a PersistentVolumeClaim: never, whatever Git says", async () => {
    const claim = (storage: string) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", annotations: recreate },
        spec: {
          storageClassName: storage,
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
        },
      });
    const app = await start(claim("a"));
    const mark = await world.mark();
    await push(app, claim("b"));
    expect(await app.failed(/data/, 60_000)).toMatch(
      /spec is immutable after creation.*it stays: deleting a PersistentVolumeClaim would delete what it holds/,
    );
    expect(await deletions(app, mark)).toEqual([]);
  });

  it("made by kubectl, and refused when it is adopted: not nopea's to delete", async () => {
    const namespace = await world.cluster.createNamespace("e2e");
    await admin.create({
      ...(JSON.parse(sealed("1")) as KubeObject),
      metadata: { name: "sealed", namespace },
    });
    const files = { "it.yaml": sealed("2", { annotations: recreate }) };
    const app = await world.app({ namespace, files, spec: { interval: "1s" } });
    const mark = await world.mark();
    expect(await app.failed(/sealed/, 60_000)).toMatch(/it stays: nopea has not made it/);
    expect(await deletions(app, mark)).toEqual([]);
    expect(await app.data("sealed")).toEqual({ value: "1" });
  });

  it("the deletion is refused: named, ever more rarely, and made anew once it is not", async () => {
    const app = await start(sealed("1", { annotations: recreate }));
    const where = { namespace: app.namespace, resource: "configmaps" };
    const webhook = await startRefusingWebhook(admin, where);
    await eventually(async () => {
      const named = ["-n", app.namespace, "configmap", "sealed"];
      await world.cluster.kubectl(["delete", ...named, "--dry-run=server"]);
      return webhook.requests.length > 0;
    }, 10_000);
    const mark = await world.mark();
    const commit = await push(app, sealed("2", { annotations: recreate }));
    try {
      expect(await app.failed(/sealed/, 60_000)).toMatch(/it cannot be deleted to be made anew/);
      await sleep(5_000);
      expect((await deletions(app, mark)).length).toBeLessThanOrEqual(3);
    } finally {
      await webhook.stop();
    }
    await app.synced(commit, 40_000);
    expect(await app.data("sealed")).toEqual({ value: "2" });
  });
});

describe("the watcher is killed while an object is gone", () => {
  it("healPolicy manual: it is made anew by the next process, and that is no drift", async () => {
    const held = { annotations: recreate, finalizers: ["nopea.example/held"] };
    const app = await start(sealed("1", held), { healPolicy: "manual" });
    const other = await start(sealed("1", held), { healPolicy: "manual" });
    const commit = await push(app, sealed("2", { annotations: recreate }));
    const second = await push(other, sealed("2", { annotations: recreate }));
    await app.failed(/being deleted/, 60_000);
    await other.failed(/being deleted/, 60_000);
    await world.nopea.watcher.stop("SIGKILL");
    try {
      await admin.patch(refTo(app), { metadata: { finalizers: null } });
    } finally {
      await world.nopea.watcher.start();
    }
    await app.synced(commit, 60_000);
    expect(await app.data("sealed")).toEqual({ value: "2" });
    await admin.patch(refTo(other), { metadata: { finalizers: null } });
    await other.synced(second, 60_000);
    for (const { namespace } of [app, other]) {
      expect(await recordsOf(admin, namespace)).toEqual([]);
    }
  });
});
