/** A GitRepository is made, edited, deleted, made again, and never alone. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/cluster";
import { record } from "../support/recorder";
import {
  configMap,
  repositoryApi,
  useWorld,
  type App,
  type GitRepositoryObject,
} from "../support/world";

const world = useWorld();
const seconds = (amount: number) => new Promise(resolve => setTimeout(resolve, amount * 1_000));

async function writesIn(namespace: string, mark: number) {
  return (await world.writes(mark)).filter(write => write.namespace === namespace);
}

describe("the life of a GitRepository", () => {
  it("created while nopea runs: in at once; its branch edited: the new one is in at once, by one sync", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "main") },
      spec: { interval: "1h" },
    });
    await app.synced();
    const other = await app.push({ "a.yaml": configMap("a", "other") }, { branch: "feature/x" });
    const recorder = await record<GitRepositoryObject>(
      world.cluster.admin,
      repositoryApi,
      "GitRepository",
      { namespace: app.namespace },
    );
    const before = await app.syncs();
    const { metadata } = await app.edit({ branch: "feature/x" });
    const { status } = await app.synced(other);
    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(await app.data("a")).toEqual({ value: "other" });
    await seconds(3);
    expect(await app.syncs()).toBe(before + 1);
    await recorder.stop();
    const phases = recorder.events.map(({ object }) => object.status?.phase);
    expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
      "Synced",
      "Syncing",
      "Synced",
    ]);
  });

  it("deleted: nothing is written afterwards, the objects stay; made again: it goes on with them", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    await app.synced();
    const { spec } = await app.resource();
    const object = await app.object("v1", "ConfigMap", "a");
    await app.remove();
    await seconds(2);
    const mark = await world.mark();
    const second = await app.push({ "a.yaml": configMap("a", "2") });
    await seconds(5);
    expect(await writesIn(app.namespace, mark)).toEqual([]);
    expect(await app.object("v1", "ConfigMap", "a")).toEqual(object);
    const { name, namespace } = app;
    const metadata = { name, namespace };
    await world.cluster.admin.create({
      apiVersion: repositoryApi,
      kind: "GitRepository",
      metadata,
      spec,
    });
    await app.synced(second, 10_000);
    expect(await app.data("a")).toEqual({ value: "2" });
    const { uid } = (await app.object("v1", "ConfigMap", "a")).metadata;
    expect(uid).toBe(object.metadata.uid);
  });

  it("deleted in the middle of a sync: the writes end within 2 s", async () => {
    const many = Array.from({ length: 600 }, (_, index) => configMap(`c-${index}`, "1"));
    const app = await world.app({ files: { "all.yaml": many.join("\n---\n") } });
    await eventually(() => app.data("c-0"), 20_000, 10);
    await app.remove();
    await seconds(2);
    const mark = await world.mark();
    const labelSelector = "nopea.io/repository=app";
    const by = { namespace: app.namespace, labelSelector };
    expect((await world.cluster.admin.list("v1", "ConfigMap", by)).length).toBeLessThan(600);
    await seconds(3);
    expect(await writesIn(app.namespace, mark)).toEqual([]);
  });

  it("twenty created at once: all of them are in", async () => {
    const namespace = await world.cluster.createNamespace("twenty");
    const make = async (index: number): Promise<App> => {
      const name = `app-${index}`;
      return world.app({ name, namespace, files: { "a.yaml": configMap(name, String(index)) } });
    };
    const apps = await Promise.all(Array.from({ length: 20 }, (_, index) => make(index)));
    await Promise.all(apps.map(app => app.synced(app.commit, 60_000)));
    for (const [index, app] of apps.entries()) {
      expect(await app.data(app.name)).toEqual({ value: String(index) });
    }
  });
});

describe("two repositories of one name in two namespaces", () => {
  it("each has its own Git repository: commits, failures and deletion of one do not touch the other", async () => {
    const name = "my-app";
    const files = (value: string) => ({ "a.yaml": configMap("settings", value) });
    const [a, b] = await Promise.all([
      world.app({ name, files: files("of a") }),
      world.app({ name, files: files("of b") }),
    ]);
    await Promise.all([a.synced(), b.synced()]);
    expect([await a.data("settings"), await b.data("settings")]).toEqual([
      { value: "of a" },
      { value: "of b" },
    ]);
    const before = await b.resource();
    const second = await a.push(files("again of a"));
    await a.synced(second);
    await a.push({ "a.yaml": "{" });
    await a.failed(/a\.yaml/);
    const after = await b.resource();
    expect(after).toEqual(before);
    await a.remove();
    const third = await b.push(files("still of b"));
    await b.synced(third);
    expect([await a.data("settings"), await b.data("settings")]).toEqual([
      { value: "again of a" },
      { value: "still of b" },
    ]);
  });
});
