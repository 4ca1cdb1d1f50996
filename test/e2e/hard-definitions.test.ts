/** Custom resources whose definition goes, comes back, or loses a version. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually, KubeError, uniqueSuffix } from "../support/cluster";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const apiVersion = "apiextensions.k8s.io/v1";
const kind = "CustomResourceDefinition";

/** Versions, the stored one first. */
function definition(group: string, ...versions: readonly string[]): string {
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return JSON.stringify({
    apiVersion,
    kind,
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind: "Thing", plural: "things" },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: schema },
      })),
    },
  });
}

const thing = (group: string, name: string, { version = "v1", size = 1, finalizers = [""] } = {}) =>
  JSON.stringify({
    apiVersion: `${group}/${version}`,
    kind: "Thing",
    metadata: { name, finalizers: finalizers.filter(finalizer => finalizer !== "") },
    spec: { size },
  });

const find = ({ namespace }: App, group: string, name: string) =>
  admin
    .call<KubeObject>({
      method: "GET",
      path: `/apis/${group}/v1/namespaces/${namespace}/things/${name}`,
    })
    .catch((error: unknown) => {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    });

const refOf = (group: string) => ({ apiVersion, kind, name: `things.${group}` });

describe.concurrent("a definition is deleted under its objects", () => {
  it("it is in Git: both are made anew, and edits of others are healed meanwhile", async () => {
    const group = `gone-${uniqueSuffix()}.example`;
    const files = {
      "crd.yaml": definition(group, "v1"),
      "a.yaml": thing(group, "a"),
      "b.yaml": thing(group, "b"),
      "c.yaml": configMap("c", "1"),
    };
    const app = await world.app({ files, spec: { interval: "1s" } });
    await app.synced();
    const old = await Promise.all(["a", "b"].map(name => find(app, group, name)));
    const before = old.map(object => object?.metadata.uid);
    await admin.delete(refOf(group));
    const config = { apiVersion: "v1", kind: "ConfigMap", namespace: app.namespace, name: "c" };
    await admin.patch(config, { data: { value: "2" } });
    await app.holds("c", "1", 10_000);
    for (const name of ["a", "b"]) {
      await eventually(async () => {
        const after = await find(app, group, name);
        const isAnew = after !== undefined && !before.includes(after.metadata.uid);
        return isAnew || undefined;
      }, 60_000);
    }
    await app.until(({ phase, driftCount }) => phase === "Synced" && driftCount === 0, 30_000);
    await app.remove();
    await admin.delete(refOf(group));
  });

  it("it is not in Git: its objects are named, the rest goes on; it is back: in by itself", async () => {
    const group = `lent-${uniqueSuffix()}.example`;
    const lent = JSON.parse(definition(group, "v1")) as KubeObject;
    await admin.create(lent);
    const files = { "a.yaml": thing(group, "a"), "c.yaml": configMap("c", "1") };
    const app = await world.app({ files, spec: { interval: "1s" } });
    await app.synced(app.commit, 30_000);
    await admin.delete(refOf(group));
    const commit = await app.push({ "c.yaml": configMap("c", "2") });
    await app.holds("c", "2", 20_000);
    expect(await app.failed(/a\.yaml:1/)).toMatch(
      /a\.yaml:1: Thing\..*\/a: .*: (install the CustomResourceDefinition|check the APIService)/,
    );
    const mark = await world.mark();
    await sleep(5_000);
    const tries = (await world.writes(mark)).filter(({ namespace }) => namespace === app.namespace);
    expect(tries.length).toBeLessThanOrEqual(4);
    await admin.create(lent);
    await app.synced(commit, 30_000);
    expect(await find(app, group, "a")).toBeDefined();
    await app.remove();
    await admin.delete(refOf(group));
  });

  it("an object of it has a finalizer: named while it waits, others are not disturbed; gone: all are made anew", async () => {
    const group = `stuck-${uniqueSuffix()}.example`;
    const files = {
      "crd.yaml": definition(group, "v1"),
      "a.yaml": thing(group, "a", { finalizers: ["nopea.example/held"] }),
      "c.yaml": configMap("c", "1"),
    };
    const app = await world.app({ files, spec: { interval: "1s" } });
    await app.synced();
    const before = await find(app, group, "a");
    await admin.delete(refOf(group));
    const commit = await app.push({ "c.yaml": configMap("c", "2") });
    await app.holds("c", "2", 20_000);
    const message = await app.failed(/being deleted/);
    expect(message).toContain("wait until the old object is gone");
    const path = `/apis/${group}/v1/namespaces/${app.namespace}/things/a`;
    const release = () =>
      admin.call({
        method: "PATCH",
        path,
        body: { metadata: { finalizers: null } },
        type: "application/merge-patch+json",
      });
    await release();
    await app.synced(commit, 60_000);
    const after = await eventually(() => find(app, group, "a"), 30_000);
    expect(after.metadata.uid).not.toBe(before?.metadata.uid);
    await app.remove();
    await admin.delete(refOf(group));
    await release().catch(() => undefined);
  });
});

describe.concurrent("a version is removed from a definition", () => {
  it("the commit moves its objects to the new one: in, and they are the same objects", async () => {
    const group = `moved-${uniqueSuffix()}.example`;
    const app = await world.app({
      files: {
        "crd.yaml": definition(group, "v1", "v1beta1"),
        "a.yaml": thing(group, "a", { version: "v1beta1" }),
      },
      spec: { interval: "1s" },
    });
    await app.synced();
    const before = await find(app, group, "a");
    const commit = await app.push({
      "crd.yaml": definition(group, "v1"),
      "a.yaml": thing(group, "a", { size: 2 }),
    });
    await app.synced(commit, 20_000);
    const after = await find(app, group, "a");
    expect(after).toMatchObject({ metadata: { uid: before?.metadata.uid }, spec: { size: 2 } });
    expect((await app.resource()).status).toMatchObject({ driftCount: 0 });
    // what is declared in the version that is gone is healed like any other
    const path = `/apis/${group}/v1/namespaces/${app.namespace}/things/a`;
    const type = "application/merge-patch+json";
    await admin.call({ method: "PATCH", path, body: { spec: { size: 3 } }, type });
    await eventually(async () => {
      expect(await find(app, group, "a")).toMatchObject({ spec: { size: 2 } });
      return true;
    }, 10_000);
    await app.remove();
    await admin.delete(refOf(group));
  });

  it("one still uses it: named with what to do, the others are in; moved: in", async () => {
    const group = `left-${uniqueSuffix()}.example`;
    const app = await world.app({
      files: {
        "crd.yaml": definition(group, "v1", "v1beta1"),
        "a.yaml": thing(group, "a", { version: "v1beta1" }),
        "b.yaml": thing(group, "b", { version: "v1beta1" }),
      },
      spec: { interval: "1s" },
    });
    await app.synced();
    const before = await find(app, group, "b");
    const commit = await app.push({
      "crd.yaml": definition(group, "v1"),
      "a.yaml": thing(group, "a", { size: 2 }),
    });
    expect(await app.failed(/b\.yaml:1/)).toMatch(
      /b\.yaml:1: Thing\..*\/b: .*: install the CustomResourceDefinition, or correct apiVersion/,
    );
    expect(conditionOf((await app.resource()).status, "Ready")?.reason).toBe("KindNotFound");
    expect((await app.resource()).status?.lastAttemptedCommit).toBe(commit);
    await eventually(async () => {
      expect(await find(app, group, "a")).toMatchObject({ spec: { size: 2 } });
      return true;
    }, 10_000);
    expect((await find(app, group, "b"))?.metadata.uid).toBe(before?.metadata.uid);
    await app.synced(await app.push({ "b.yaml": thing(group, "b", { size: 2 }) }));
    expect(await find(app, group, "b")).toMatchObject({
      metadata: { uid: before?.metadata.uid },
      spec: { size: 2 },
    });
    await app.remove();
    await admin.delete(refOf(group));
  });
});
