/** What a GitRepository's status says and when: phases, commits, times, wishes. */
import { describe, expect, it } from "vitest";
import { record } from "../support/recorder";
import {
  conditionOf,
  configMap,
  readyMessage,
  repositoryApi,
  useWorld,
  type App,
  type GitRepositoryObject,
} from "../support/world";

const world = useWorld();
const seconds = (amount: number) => new Promise(resolve => setTimeout(resolve, amount * 1_000));

function recordStatus(namespace: string) {
  const by = { namespace };
  return record<GitRepositoryObject>(world.cluster.admin, repositoryApi, "GitRepository", by);
}

function changes<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => index === 0 || value !== values[index - 1]);
}

describe.concurrent("the status of a GitRepository", () => {
  it("from creation on: Initializing, Syncing, Synced, then Failed and Synced again; commit only when all is in", async () => {
    const namespace = await world.cluster.createNamespace("phases");
    const recorder = await recordStatus(namespace);
    const started = Date.now();
    const app = await world.app({ namespace, files: { "a.yaml": configMap("a", "1") } });
    const { status } = await app.synced();
    const synced = Date.now();
    expect(status?.lastSyncedCommit).toBe((await app.repository.git("rev-parse", "main")).trim());
    expect(status?.lastSyncTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const at = Date.parse(status?.lastSyncTime ?? "");
    expect(at).toBeGreaterThan(started - 5_000);
    expect(at).toBeLessThan(synced + 5_000);
    const bad = await app.push({ "a.yaml": "kind: [" });
    await app.failed(/a\.yaml/);
    const mended = await app.push({ "a.yaml": configMap("a", "2") });
    await app.synced(mended);
    // a watch may be behind what was just read
    await recorder.until(
      ({ object: { status } }) => status?.phase === "Synced" && status.lastSyncedCommit === mended,
    );
    await recorder.stop();
    const seen = recorder.events.map(({ object }) => object.status ?? {});
    expect(changes(seen.map(({ phase }) => phase))).toEqual([
      undefined,
      "Initializing",
      "Syncing",
      "Synced",
      "Syncing",
      "Failed",
      "Syncing",
      "Synced",
    ]);
    expect(changes(seen.map(({ lastSyncedCommit }) => lastSyncedCommit))).toEqual([
      undefined,
      app.commit,
      mended,
    ]);
    expect(seen.map(({ lastAttemptedCommit }) => lastAttemptedCommit)).toContain(bad);
    const times = seen.map(({ lastSyncTime = "" }) => lastSyncTime);
    expect(times).toEqual([...times].sort());
    const observed = seen.filter(({ observedGeneration }) => observedGeneration !== undefined);
    expect(new Set(observed.map(({ observedGeneration }) => observedGeneration))).toEqual(
      new Set([1]),
    );
  });

  it("conditions: Reconciling only while syncing, lastTransitionTime moves only when the status flips", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    const ready = (of: GitRepositoryObject) => ({
      message: readyMessage(of.status),
      ...conditionOf(of.status, "Ready"),
    });
    const first = await app.synced();
    const types = first.status?.conditions?.map(({ type }) => type);
    expect(types).toEqual(["Ready"]);
    await seconds(2);
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    const second = ready(await app.synced(commit));
    expect(second.lastTransitionTime).toBe(ready(first).lastTransitionTime);
    expect(second.message).toContain(commit.slice(0, 12));
    await app.push({ "a.yaml": "{" });
    await app.failed(/a\.yaml/);
    const failed = ready(await app.resource());
    expect(failed.status).toBe("False");
    expect(failed.lastTransitionTime).not.toBe(second.lastTransitionTime);
  });

  it("a write of the status, a label, an annotation of somebody else: no sync; a long interval without news: one sync", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1h" },
    });
    const { status } = await app.synced();
    await world.cluster.admin.patch(app.ref, { status: { driftCount: 7 } }, "status");
    await app.annotate({ "example.com/note": "x" });
    await world.cluster.admin.patch(app.ref, { metadata: { labels: { team: "red" } } });
    await seconds(4);
    expect(await app.syncs()).toBe(1);
    expect((await app.resource()).status).toEqual({ ...status, driftCount: 7 });
  });

  it("an empty poll: lastSyncTime stays", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    const { status } = await app.synced();
    await seconds(4);
    expect((await app.resource()).status).toEqual(status);
  });
});

describe.concurrent("the annotation nopea.io/sync-at", () => {
  it("a new value: the commit that waits is in, and the value is repeated; the same value again: nothing", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1h" },
    });
    await app.synced();
    const second = await app.push({ "a.yaml": configMap("a", "2") });
    const annotate = ["annotate", "gr", "app", "-n", app.namespace, "--overwrite"];
    const value = String(Date.now());
    await world.cluster.kubectl([...annotate, `nopea.io/sync-at=${value}`]);
    const { status } = await app.synced(second, 10_000);
    expect(status?.lastHandledSyncAt).toBe(value);
    const syncs = await app.syncs();
    await world.cluster.kubectl([...annotate, `nopea.io/sync-at=${value}`]);
    await seconds(2);
    expect(await app.syncs()).toBe(syncs);
  });

  it("on an object that somebody else deleted: it is made again", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1h" },
    });
    await app.synced();
    const { namespace } = app;
    await world.cluster.admin.delete({ apiVersion: "v1", kind: "ConfigMap", name: "a", namespace });
    await app.annotate({ "nopea.io/sync-at": "1" });
    await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt === "1", 10_000);
    // or healed right after, where the watch tells of it later
    await app.holds("a", "1", 10_000);
  });
});

describe.concurrent("polling", () => {
  it("a commit: visible within I + S; as many questions to Git as the interval says", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const asked = () => questionsOf(app);
    const before = asked();
    for (const value of ["2", "3"]) {
      await app.push({ "a.yaml": configMap("a", value) });
      await app.holds("a", value, 15_000);
    }
    const polled = asked();
    expect(polled).toBeGreaterThan(before);
    await seconds(15);
    expect(asked() - polled).toBeGreaterThanOrEqual(1);
    expect(asked() - polled).toBeLessThanOrEqual(15 / 5 + 2);
  });

  it("commits during a slow fetch: the newest is in, none is lost", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    await app.synced();
    world.git().behave(`${app.namespace}/app`, { delayMs: 1_000 });
    let last = "";
    for (const value of ["2", "3", "4", "5", "6"]) {
      last = await app.push({ "a.yaml": configMap("a", value) });
      await seconds(0.7);
    }
    await app.synced(last, 20_000);
    expect(await app.data("a")).toEqual({ value: "6" });
  });
});

function questionsOf({ namespace }: App): number {
  return world
    .git()
    .requests.filter(
      ({ repository, command }) => repository.startsWith(namespace) && command === "ls-refs",
    ).length;
}
