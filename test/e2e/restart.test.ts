/** kill -9 at a bad moment: what is in Git and in the cluster is all that is needed to go on. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { record } from "../support/recorder";
import { configMap, repositoryApi, useWorld, type GitRepositoryObject } from "../support/world";

const world = useWorld();
const objects = 400;
const many = (value: string) =>
  Array.from({ length: objects }, (_, index) => configMap(`c-${index}`, value)).join("\n---\n");

describe("the watcher is killed", () => {
  it("in the middle of a sync of many objects: all are in, none is written twice but what was under way", async () => {
    const { admin } = world.cluster;
    const namespace = await world.cluster.createNamespace("kill");
    const repositories = await record<GitRepositoryObject>(admin, repositoryApi, "GitRepository", {
      namespace,
    });
    const labelSelector = "nopea.io/repository";
    const maps = await record(admin, "v1", "ConfigMap", { namespace, labelSelector });
    const mark = await world.mark();
    const app = await world.app({ namespace, files: { "all.yaml": many("1") } });
    await eventually(() => maps.events.length >= 20, 20_000, 5);
    await world.nopea.watcher.stop("SIGKILL");
    const before = (await admin.list("v1", "ConfigMap", { namespace, labelSelector })).length;
    expect(before).toBeLessThan(objects);
    await world.nopea.watcher.start();
    const { status } = await app.synced(app.commit, 30_000);
    expect(status?.resources?.total).toBe(objects);
    // a watch may be behind what was just read
    await eventually(() => maps.events.length >= objects, 10_000);
    await repositories.until(({ object }) => object.status?.lastSyncedCommit === app.commit);
    await Promise.all([repositories.stop(), maps.stop()]);
    const live = await admin.list<KubeObject & { data?: unknown }>("v1", "ConfigMap", {
      namespace,
      labelSelector,
    });
    expect(live).toHaveLength(objects);
    expect(live.every(({ data }) => JSON.stringify(data) === '{"value":"1"}')).toBe(true);

    // each object appeared once, and was never changed afterwards
    expect(maps.events.map(({ type }) => type)).toEqual(Array(objects).fill("ADDED"));
    const writes = (await world.writes(mark)).filter(write => write.namespace === namespace);
    const sideBySide = 16;
    expect(writes.length).toBeLessThanOrEqual(objects + sideBySide);

    // the kinds were known before the first object: resourceVersions of one etcd are in order
    const told = repositories.events.find(
      ({ object }) => object.status?.resources?.kinds.includes("v1/ConfigMap") === true,
    );
    const versionOf = (object: KubeObject | undefined) => Number(object?.metadata.resourceVersion);
    const firstObject = Math.min(...maps.events.map(({ object }) => versionOf(object)));
    expect(versionOf(told?.object)).toBeLessThan(firstObject);
  });

  it("a commit arrives and an object leaves Git while it is away: both are found at the next start", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
    });
    await app.synced();
    await world.nopea.watcher.stop("SIGKILL");
    const second = await app.push({ "a.yaml": configMap("a", "2"), "b.yaml": null });
    await world.nopea.watcher.start();
    const { status } = await app.synced(second, 15_000);
    expect(await app.data("a")).toEqual({ value: "2" });
    expect(status?.resources?.orphans).toEqual([`ConfigMap/${app.namespace}/b`]);
    expect(status?.resources?.kinds).toEqual(["v1/ConfigMap"]);
  });

  it("a repository is deleted while it is away: nothing is written for it any more", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    await world.nopea.watcher.stop("SIGKILL");
    await app.push({ "a.yaml": configMap("a", "2") });
    await app.remove();
    const mark = await world.mark();
    await world.nopea.watcher.start();
    await new Promise(resolve => setTimeout(resolve, 6_000));
    const writes = (await world.writes(mark)).filter(write => write.namespace === app.namespace);
    expect(writes).toEqual([]);
    expect(await app.data("a")).toEqual({ value: "1" });
  });
});

describe("the admission process is killed", () => {
  it("GitRepositories can still be made, and sync", async () => {
    await world.nopea.admission.stop("SIGKILL");
    try {
      const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
      await app.synced();
    } finally {
      await world.nopea.admission.start();
    }
  });
});

describe("memory", () => {
  it("ten repositories of a hundred objects, polled for a while: the watcher stays small", async () => {
    const namespace = await world.cluster.createNamespace("memory");
    const content = (app: number) =>
      Array.from({ length: 100 }, (_, index) => configMap(`c-${app}-${index}`, "1"));
    const apps = await Promise.all(
      Array.from({ length: 10 }, (_, app) =>
        world.app({
          namespace,
          name: `app-${app}`,
          files: { "all.yaml": content(app).join("\n---\n") },
          spec: { interval: "1s" },
        }),
      ),
    );
    await Promise.all(apps.map(app => app.synced(app.commit, 60_000)));
    const first = await residentMiB();
    await new Promise(resolve => setTimeout(resolve, 10_000));
    const last = await residentMiB();
    console.log(`watcher: ${first} MiB after the first sync of 1,000 objects, ${last} MiB later`);
    expect(last).toBeLessThan(400);
  });
});

async function residentMiB(): Promise<number> {
  const { pid } = await world.nopea.watcher.look();
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? "0") / 1024);
}
