/** A repository's life, from a commit to live objects and a status, on fakes and a clock of our own. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const MINUTE = 60_000;

describe("commits", () => {
  test("a commit of two files: both objects are live, marked as ours, and the status says so", async () => {
    const world = createFakeWorld();
    const commit = world.git.commit(URL, {
      "a.yaml": configMap("a", { k: "1" }),
      "b/b.json": configMap("b"),
    });
    const id = await world.create();
    expect(world.cluster.read("ConfigMap/shop/a")).toMatchObject({ data: { k: "1" } });
    expect(world.cluster.live("ConfigMap/shop/b")).toMatchObject({
      labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop" },
      managers: [{ manager: "nopea:shop/my-app", operation: "Apply" }],
    });
    expect(world.status(id)).toMatchObject({
      observedGeneration: 1,
      phase: "Synced",
      lastSyncedCommit: commit,
      lastAttemptedCommit: commit,
      lastSyncTime: "2026-01-15T10:30:00Z",
      resources: { total: 2, kinds: ["v1/ConfigMap"], orphanCount: 0, orphans: [] },
    });
    expect(world.ready(id)).toBe(
      `True Synced: Commit ${commit.slice(0, 12)} of main is in: 2 objects`,
    );
  });

  test("nothing new for an hour: Git is asked, the cluster is not, the status stays as it is", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    await world.create({ interval: "1m" });
    const before = [world.cluster.requests.length, world.git.calls.length];
    await world.clock.advance(60 * MINUTE);
    expect(world.cluster.requests.length).toBe(before[0]);
    expect(world.git.calls.length).toBe((before[1] ?? 0) + 60);
  });

  test("a new commit: seen at the next poll, and only what changed is written", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }), "b.yaml": configMap("b") });
    const id = await world.create();
    const commit = world.git.commit(URL, {
      "a.yaml": configMap("a", { k: "2" }),
      "b.yaml": configMap("b"),
    });
    await world.clock.advance(5_000);
    expect(world.cluster.read("ConfigMap/shop/a")).toMatchObject({ data: { k: "2" } });
    expect(world.cluster.writes.slice(2)).toMatchObject([
      { object: "ConfigMap/shop/a", commit, force: true, result: "applied" },
    ]);
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
    expect(world.status(id).lastSyncTime).toBe("2026-01-15T10:30:05Z");
  });

  test("the same failure twice, then a good commit: the status follows", async () => {
    const world = createFakeWorld();
    world.git.fail(URL, new NopeaError("git-unreachable", "connection refused"));
    const id = await world.create();
    await world.clock.advance(MINUTE);
    expect(world.ready(id)).toContain("False GitUnreachable: connection refused");
    world.git.fail(URL, undefined);
    const commit = world.git.commit(URL, { "a.yaml": configMap("a") });
    await world.clock.advance(MINUTE);
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
  });

  test("a restart with unchanged objects: no write of any kind, and the next commit is synced", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    const id = await world.create();
    const statuses = world.cluster.repositories.written.length;
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.cluster.writes.length).toBe(2);
    expect(world.cluster.repositories.written.length).toBe(statuses);
    const commit = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    await world.clock.advance(5_000);
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
  });
});
