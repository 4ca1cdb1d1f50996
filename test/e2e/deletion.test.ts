/** Objects that are deleted by hand, and labels that are taken off: back by policy, and back at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import {
  atOnce,
  becomes,
  closedRecords,
  edit,
  firstAfter,
  recordsOf,
  recordsWhen,
  unseen,
  UNSEEN_SINCE_MINOR,
  valuesOf,
} from "../support/hands";
import { record, type Recorder } from "../support/recorder";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
// the hook puts labels back in the same write: see evidence-forged.test.ts
const access = world.cluster.accessFor(...unseen);
const somebody = world.cluster.as(...unseen);

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const valueOf = ({ data }: ConfigMap) => data?.value;
const isLabelled = ({ metadata: { labels = {} } }: ConfigMap) =>
  labels["nopea.io/repository"] !== undefined &&
  labels["nopea.io/repository-namespace"] !== undefined;
const refOf = ({ namespace }: App) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name: "a",
});

async function start(spec: object = {}) {
  const app = await world.app({
    files: { "a.yaml": configMap("a", "1") },
    spec: { interval: "1s", ...spec },
  });
  await app.synced();
  const { namespace } = app;
  return { app, maps: await record<ConfigMap>(admin, "v1", "ConfigMap", { namespace }) };
}

async function remove({ namespace }: App): Promise<number> {
  const at = performance.now();
  const { code } = await world.cluster.kubectl(["-n", namespace, "delete", "configmap", "a"]);
  expect(code).toBe(0);
  return at;
}

const gone = (maps: Recorder<ConfigMap>) =>
  maps.until(({ type, object }) => type === "DELETED" && object.metadata.name === "a");
const back = (maps: Recorder<ConfigMap>, after: number, ms?: number) =>
  firstAfter(maps, after, ({ metadata }) => metadata.name === "a", ms);

describe.concurrent("an object that is deleted by hand", () => {
  it("healPolicy auto: back at once, and recorded", async () => {
    const { app, maps } = await start();
    const before = await admin.get(refOf(app));
    await remove(app);
    const { at } = await gone(maps);
    const made = await back(maps, at);
    expect(made.at - at).toBeLessThan(atOnce);
    expect(made.object).toMatchObject({ data: { value: "1" } });
    expect(isLabelled(made.object)).toBe(true);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed).toMatchObject({
      spec: { object: { ...refOf(app), uid: before.metadata.uid } },
      status: {
        class: "manual_drift",
        decision: "healed",
        edits: [{ verb: "DELETE" }],
      },
    });
    // and what was made anew is watched as ever
    await edit(admin, refOf(app), { manager: "kubectl-edit", body: { data: { value: "2" } } });
    await closedRecords(admin, app.namespace, 2);
    await app.holds("a", "1");
    await maps.stop();
  });

  it("healPolicy manual: it stays deleted, one record and the status tell of it; auto: back within 5 s", async () => {
    const { app, maps } = await start({ healPolicy: "manual" });
    await remove(app);
    await app.until(({ driftCount }) => driftCount === 1);
    await sleep(5_000);
    const { status } = await app.resource();
    expect(status).toMatchObject({
      phase: "Synced",
      driftCount: 1,
      drift: [{ object: `ConfigMap/${app.namespace}/a`, class: "manual_drift", decision: "left" }],
    });
    expect(conditionOf(status, "Drifted")?.message).toContain("deleted");
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    expect(await recordsWhen(admin, app.namespace, { count: 1, state: "open" })).toHaveLength(1);
    expect(await app.data("a")).toBeUndefined();
    // a commit to another object makes no difference
    const commit = await app.push({ "b.yaml": configMap("b", "1") });
    await app.synced(commit);
    expect(await app.data("a")).toBeUndefined();
    await app.edit({ healPolicy: "auto" });
    await app.holds("a", "1");
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.decision).toBe("healed");
    await maps.stop();
  });

  it("healPolicy manual, made again by hand as it was: undone", async () => {
    const { app, maps } = await start({ healPolicy: "manual" });
    const { metadata, ...object } = await admin.get<ConfigMap>(refOf(app));
    await remove(app);
    await app.until(({ driftCount }) => driftCount === 1);
    const { labels = {}, annotations = {} } = metadata;
    const { namespace } = app;
    await admin.create({ ...object, metadata: { name: "a", namespace, labels, annotations } });
    await app.until(({ driftCount }) => driftCount === 0);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.decision).toBe("undone");
    await maps.stop();
  });

  it("Git drops it too: committed, and it stays deleted", async () => {
    const { app, maps } = await start({ healPolicy: "manual" });
    await app.synced(await app.push({ "b.yaml": configMap("b", "1") }));
    await remove(app);
    await app.until(({ driftCount }) => driftCount === 1);
    await app.synced(await app.push({ "a.yaml": null }));
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.decision).toBe("committed");
    expect(await app.data("a")).toBeUndefined();
    await maps.stop();
  });

  it("a grace period: back when it is over, never earlier", async () => {
    const { app, maps } = await start({ healGracePeriod: "8s" });
    const at = await remove(app);
    const { status } = await app.until(({ driftCount }) => driftCount === 1);
    expect(status?.drift).toMatchObject([{ decision: "waiting" }]);
    await app.annotate({ "nopea.io/sync-at": "now" });
    const deleted = await gone(maps);
    const made = await back(maps, deleted.at, 25_000);
    expect(made.at - at).toBeGreaterThanOrEqual(8_000);
    expect(made.at - at).toBeLessThanOrEqual(8_000 + atOnce);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.decision).toBe("healed");
    await maps.stop();
  });

  it("a Deployment with Pods: back as soon as it has ended, whatever the propagation", async () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 1
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "registry.invalid/api:1"}]}
`;
    const app = await world.app({ files: { "d.yaml": text }, spec: { interval: "1s" } });
    await app.synced();
    const { namespace } = app;
    const deployments = await record(admin, "apps/v1", "Deployment", { namespace });
    const { code } = await world.cluster.kubectl([
      "-n",
      namespace,
      "delete",
      "deploy",
      "api",
      "--cascade=foreground",
      "--wait=false",
    ]);
    expect(code).toBe(0);
    const deleted = await deployments.until(({ type }) => type === "DELETED", 30_000);
    const made = await firstAfter(deployments, deleted.at, () => true);
    expect(made.at - deleted.at).toBeLessThan(atOnce);
    await deployments.stop();
    const records = await closedRecords(admin, namespace);
    expect(records[0].status).toMatchObject({ decision: "healed", edits: [{ verb: "DELETE" }] });
  });
});

describe.concurrent("nopea's own labels are taken off", () => {
  beforeEach(async ({ skip }) => {
    const minor = await world.cluster.minorVersion();
    skip(
      minor < UNSEEN_SINCE_MINOR,
      "the hook is asked about everybody, and puts them back at once",
    );
  });

  it.each([
    ["healPolicy auto", {}],
    ["healPolicy manual", { healPolicy: "manual" }],
    ["a grace period", { healGracePeriod: "1h" }],
  ])("%s: put back at once, and without a record", async (_, spec) => {
    const { app, maps } = await start(spec);
    for (const label of ["nopea.io/repository", "nopea.io/repository-namespace"]) {
      const after = performance.now();
      const command = ["-n", app.namespace, "label", "configmap", "a", `${label}-`];
      const { code } = await world.cluster.kubectl(command, { access });
      expect(code).toBe(0);
      const bare = await firstAfter(maps, after, object => !isLabelled(object));
      const labelled = await firstAfter(maps, bare.at, isLabelled);
      expect(labelled.at - bare.at).toBeLessThan(atOnce);
    }
    await sleep(1_500);
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
    expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });
    await maps.stop();
  });

  it("with an edit of a field in the same write, and healPolicy manual: the labels are back, the edit stays", async () => {
    const { app, maps } = await start({ healPolicy: "manual" });
    const labels = { "nopea.io/repository": null };
    const body = { metadata: { labels }, data: { value: "2" } };
    await edit(somebody, refOf(app), { manager: "kubectl-edit", body });
    const bare = await firstAfter(maps, 0, object => !isLabelled(object));
    const labelled = await firstAfter(maps, bare.at, isLabelled);
    expect(labelled.at - bare.at).toBeLessThan(atOnce);
    const { status } = await app.until(({ driftCount }) => driftCount === 1);
    expect(status?.drift).toMatchObject([{ fields: ["data.value"], decision: "left" }]);
    await sleep(1_500);
    await maps.stop();
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2"]);
  });

  it("with suspend-heal in the same write: nothing is written before that goes", async () => {
    const { app, maps } = await start();
    const labels = { "nopea.io/repository": null };
    const metadata = { labels, annotations: { "nopea.io/suspend-heal": "true" } };
    const body = { metadata, data: { value: "2" } };
    await edit(somebody, refOf(app), { manager: "kubectl-edit", body });
    await sleep(3_500);
    await maps.stop();
    expect(maps.events.filter(({ object }) => isLabelled(object))).toEqual([]);
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2"]);
    const annotations = { "nopea.io/suspend-heal": null };
    await edit(somebody, refOf(app), {
      manager: "kubectl-annotate",
      body: { metadata: { annotations } },
    });
    await app.holds("a", "1");
    await becomes(async () => isLabelled(await admin.get(refOf(app))), true);
  });
});
