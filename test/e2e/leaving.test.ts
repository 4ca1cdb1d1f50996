/** A GitRepository is deleted: its objects stay or go as deletionPolicy says, and nothing ever hangs on its finalizer. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { ObjectRef } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { definitionOf } from "../support/widgets";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { cluster } = world;
const { admin } = cluster;
const FINALIZER = "nopea.io/delete-objects";

const deleting = { deletionPolicy: "Delete", interval: "1s" };
const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };

const finalizersOf = async (app: App) =>
  ((await app.resource()).metadata.finalizers ?? []) as readonly string[];
const map = ({ namespace }: App, name: string): ObjectRef => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name,
});

/** As people do, who wait for the end of it. */
async function remove({ namespace, name }: App, timeout = "60s") {
  const args = ["-n", namespace, "delete", "gr", name, `--timeout=${timeout}`];
  const { code, stderr } = await cluster.kubectl(args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

describe.concurrent("kubectl delete gr", () => {
  it("deletionPolicy Retain: no finalizer, the objects stay as they are, labels included", async () => {
    const app = await world.app({ files, spec: { interval: "1s" } });
    await app.synced();
    expect(await finalizersOf(app)).toEqual([]);
    const before = await admin.get(map(app, "a"));
    await remove(app);
    await sleep(2_000);
    expect(await admin.get(map(app, "a"))).toEqual(before);
  });

  it("Delete: the finalizer is there before the objects; they go, those of others stay, and kubectl returns", async () => {
    const app = await world.app({ files, spec: deleting });
    await app.object("v1", "ConfigMap", "a");
    expect(await finalizersOf(app)).toEqual([FINALIZER]);
    await app.synced();
    const metadata = { namespace: app.namespace, name: "else" };
    await admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { value: "1" } });
    await remove(app);
    expect(await app.data("a")).toBeUndefined();
    expect(await app.data("b")).toBeUndefined();
    expect(await app.data("else")).toEqual({ value: "1" });
  });

  it("Delete, edited to Retain: the finalizer goes", async () => {
    const app = await world.app({ files, spec: deleting });
    await app.synced();
    await app.edit({ deletionPolicy: "Retain" });
    await eventually(async () => (await finalizersOf(app)).length === 0 || undefined, 20_000);
    await remove(app);
    expect(await app.data("a")).toEqual({ value: "1" });
  });

  it("in the middle of a sync of 400 objects: the deletion wins", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [`${n}.yaml`, configMap(`m${n}`, "1")]),
    );
    const app = await world.app({ files: many, spec: deleting });
    const labelled = () => admin.list("v1", "ConfigMap", { namespace: app.namespace });
    await eventually(async () => (await labelled()).length > 20 || undefined, 60_000);
    await remove(app);
    const left = (await labelled()).map(({ metadata }) => metadata.name);
    expect(left.filter(name => name.startsWith("m"))).toEqual([]);
    await sleep(2_000);
    expect((await labelled()).length).toBe(left.length);
  });

  it("suspended by hand, and nopea.io/prune: disabled: those stay", async () => {
    const more = { ...files, "c.yaml": configMap("c", "1") };
    const app = await world.app({ files: more, spec: deleting });
    await app.synced();
    const annotate = (name: string, annotations: object) =>
      admin.patch(map(app, name), { metadata: { annotations } });
    await annotate("a", { "nopea.io/suspend-heal": "true" });
    await annotate("b", { "nopea.io/prune": "disabled" });
    await sleep(1_000);
    await remove(app);
    expect([await app.data("a"), await app.data("b"), await app.data("c")]).toEqual([
      { value: "1" },
      { value: "1" },
      undefined,
    ]);
  });

  it("suspend: true: nothing is written, the objects stay, and it goes", async () => {
    const app = await world.app({ files, spec: deleting });
    await app.synced();
    await app.edit({ suspend: true });
    await app.until(({ phase }) => phase === "Suspended");
    await remove(app);
    expect(await app.data("a")).toEqual({ value: "1" });
  });

  it("an object with a finalizer: the others go at once, and it goes when that is off", async () => {
    const metadata = { name: "b", finalizers: ["example.com/hold"] };
    const held = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata });
    const app = await world.app({ files: { ...files, "b.yaml": held }, spec: deleting });
    await app.synced();
    await admin.delete(app.ref);
    await eventually(async () => (await app.data("a")) === undefined || undefined, 20_000);
    await sleep(3_000);
    expect(await finalizersOf(app)).toEqual([FINALIZER]);
    await admin.patch(map(app, "b"), { metadata: { finalizers: null } });
    await eventually(async () => (await admin.find(app.ref)) === undefined || undefined, 20_000);
  });

  it("the cluster lacks the kind by then: nothing hangs", async () => {
    const group = `gone-${Date.now().toString(36)}.example.com`;
    const { apiVersion, kind, metadata, spec } = definitionOf(group);
    await admin.create({ apiVersion, kind, metadata, spec });
    const widget = JSON.stringify({
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name: "w" },
    });
    const app = await world.app({ files: { ...files, "w.yaml": widget }, spec: deleting });
    await app.synced(app.commit, 60_000);
    await app.edit({ interval: "1h" });
    await app.synced();
    await admin.delete({ apiVersion, kind, name: metadata.name });
    await sleep(2_000);
    await remove(app);
    expect(await app.data("a")).toBeUndefined();
  });

  it("its whole namespace is deleted, with it and its objects in it: the namespace goes", async () => {
    const app = await world.app({ files, spec: deleting });
    await app.synced();
    const place = { apiVersion: "v1", kind: "Namespace", name: app.namespace };
    await admin.delete(place);
    await eventually(async () => (await admin.find(place)) === undefined || undefined, 90_000);
  });
});

describe("nopea is away", () => {
  afterEach(() => world.nopea.watcher.start());

  it("while the GitRepository is deleted: it goes, and its objects with it, when nopea is back", async () => {
    const app = await world.app({ files, spec: deleting });
    await app.synced();
    await world.nopea.watcher.stop("SIGKILL");
    await admin.delete(app.ref);
    expect(await finalizersOf(app)).toEqual([FINALIZER]);
    await world.nopea.watcher.start();
    await eventually(async () => (await admin.find(app.ref)) === undefined || undefined, 60_000);
    expect(await app.data("a")).toBeUndefined();
  });

  it("while everything left Git at once, and again while that waits to be confirmed: nothing goes", async () => {
    const app = await world.app({ files, spec: { prune: true, interval: "1s" } });
    await app.synced();
    await world.nopea.watcher.stop("SIGKILL");
    const commit = await app.push({
      "a.yaml": null,
      "b.yaml": null,
      "c.yaml": configMap("c", "1"),
    });
    await world.nopea.watcher.start();
    await app.synced(commit, 60_000);
    await world.nopea.watcher.stop("SIGKILL");
    await world.nopea.watcher.start();
    await app.synced(await app.push({ "c.yaml": configMap("c", "2") }), 60_000);
    await sleep(3_000);
    expect([await app.data("a"), await app.data("b")]).toEqual([{ value: "1" }, { value: "1" }]);
    const { status } = await app.resource();
    expect(status?.pending).toMatchObject([{ commit }, { commit }]);
    await app.annotate({ "nopea.io/confirm-prune": commit });
    await app.until(({ resources }) => resources?.orphanCount === 0);
    expect([await app.data("a"), await app.data("b")]).toEqual([undefined, undefined]);
  });
});
