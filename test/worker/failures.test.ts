/** What goes wrong: told, left alone for a while, tried again, and over when it is over. */
import { describe, expect, test } from "vitest";
import { NopeaError, type ErrorCode } from "../../src/model/errors";
import { configMap, createFakeWorld, namespace, URL, type FakeWorld } from "../support/fake-world";

const SECOND = 1_000;
const MINUTE = 60_000;

/** Seconds after the first try at which `seen` grew, for five minutes. */
async function triesIn5Minutes(world: FakeWorld, seen: () => number): Promise<readonly number[]> {
  const tries: number[] = [0];
  for (let second = 1, before = seen(); second <= 300; second++, before = seen()) {
    await world.clock.advance(SECOND);
    for (let more = seen() - before; more > 0; more--) tries.push(second);
  }
  return tries;
}

describe("Git", { timeout: 30_000 }, () => {
  test.each<[ErrorCode, readonly number[]]>([
    ["git-unreachable", [0, 5, 15, 35, 75, 135, 195, 255]],
    ["git-timeout", [0, 5, 15, 35, 75, 135, 195, 255]],
    ["git-not-found", [0, 5, 15, 35, 75, 135, 195, 255]],
    ["git-authentication", [0, 10, 20, 40, 80, 140, 200, 260]],
    ["git-host-forbidden", [0, 10, 20, 40, 80, 140, 200, 260]],
  ])("%s: tried again with back-off, whatever the interval", async (code, expected) => {
    const world = createFakeWorld();
    world.git.fail(URL, new NopeaError(code, "no"));
    await world.create({ interval: "1s" });
    expect(await triesIn5Minutes(world, () => world.git.calls.length)).toEqual(expected);
  });

  test("a missing branch: asked for at each interval, and synced once it is pushed", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ branch: "later", interval: "10s" });
    expect(world.ready(id)).toMatch(/^False BranchNotFound: .*later/);
    await world.clock.advance(10 * MINUTE);
    expect(world.git.calls.length).toBeLessThan(65);
    world.git.commit(URL, { "a.yaml": configMap("a") }, "later");
    await world.clock.advance(10 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("a server that is back: synced within a minute, and the next failure waits 5 s again", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.git.fail(URL, new NopeaError("git-unreachable", "down"));
    const id = await world.create();
    await world.clock.advance(20 * MINUTE);
    world.git.fail(URL, undefined);
    await world.clock.advance(MINUTE);
    expect(world.status(id).phase).toBe("Synced");
    world.git.fail(URL, new NopeaError("git-unreachable", "down"));
    await world.clock.advance(5 * SECOND);
    const calls = world.git.calls.length;
    await world.clock.advance(5 * SECOND);
    expect(world.git.calls.length).toBe(calls + 1);
  });

  test("after a good commit: the last good commit stays in the status", async () => {
    const world = createFakeWorld();
    const commit = world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create();
    world.git.fail(URL, new NopeaError("git-unreachable", "down"));
    await world.clock.advance(MINUTE);
    expect(world.status(id)).toMatchObject({ phase: "Failed", lastSyncedCommit: commit });
    expect(world.status(id).resources?.total).toBe(1);
  });
});

describe("manifests", { timeout: 30_000 }, () => {
  test("a parse error in one file: nothing of the commit is written, file and line are named", async () => {
    const world = createFakeWorld();
    const good = world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    const bad = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }), "b.yaml": "a: [" });
    await world.clock.advance(10 * MINUTE);
    expect(world.ready(id)).toMatch(/^False InvalidManifests: b\.yaml:1: /);
    expect(world.cluster.writes.length).toBe(1);
    expect(world.status(id)).toMatchObject({ lastSyncedCommit: good, lastAttemptedCommit: bad });
  });

  test("a broken commit: fetched once, and only looked at again", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "b.yaml": "a: [" });
    await world.create();
    await world.clock.advance(10 * MINUTE);
    expect(world.git.calls.filter(({ verb }) => verb === "fetch").length).toBe(1);
    expect(world.cluster.repositories.written.length).toBeLessThanOrEqual(3);
  });

  test("the same object in two files: both are named, nothing is written", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("a") });
    const id = await world.create();
    expect(world.ready(id)).toMatch(/InvalidManifests: b\.yaml:1: .*a\.yaml:1/);
    expect(world.cluster.writes).toEqual([]);
  });
});

describe("objects", { timeout: 30_000 }, () => {
  test("one is refused: the others are applied, it is named with file and cause, the commit is not in", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    world.cluster.refuse("ConfigMap/shop/a", { code: "object-refused", message: "too big" });
    const id = await world.create();
    expect(world.cluster.read("ConfigMap/shop/b")).toBeDefined();
    expect(world.ready(id)).toContain("False ObjectRefused: a.yaml:1: ConfigMap/shop/a: too big");
    expect(world.status(id).lastSyncedCommit).toBeUndefined();
  });

  test("refused for five minutes: at most 10 tries, one write of that object each, none of others", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    world.cluster.refuse("ConfigMap/shop/a", { code: "object-refused", message: "too big" });
    await world.create({ interval: "1s" });
    const before = world.cluster.writes.length;
    expect(before).toBe(2);
    const tries = await triesIn5Minutes(world, () => world.cluster.writes.length);
    expect(tries).toEqual([0, 5, 15, 35, 75, 135, 195, 255]);
  });

  test("refused for want of something that the same commit brings: tried once more, and in with one sync", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    world.cluster.refuse("ConfigMap/shop/b", { code: "quota-exceeded", message: "full" });
    const id = await world.create();
    expect(world.status(id).phase).not.toBe("Failed");
    world.cluster.refuse("ConfigMap/shop/b", undefined);
    await world.clock.advance(SECOND);
    expect(world.status(id).phase).toBe("Synced");
    expect(world.metrics).toMatchObject({ synced: 1, failed: 0 });
  });

  test("still refused after that: once more in that sync, and then at most 10 tries in five minutes", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    world.cluster.refuse("ConfigMap/shop/b", { code: "quota-exceeded", message: "full" });
    const id = await world.create({ interval: "1s" });
    const tries = await triesIn5Minutes(world, () => world.cluster.writes.length);
    expect(tries).toEqual([0, 1, 11, 31, 71, 131, 191, 251]);
    expect(world.ready(id)).toMatch(/^False QuotaExceeded: b\.yaml:1/);
  });

  test("one that somebody made and that is refused: tries become rarer all the same", async () => {
    const world = createFakeWorld();
    world.cluster.apply(
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "a", namespace: "shop" },
        data: { k: "0" },
      },
      "kubectl",
    );
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    world.cluster.refuse("ConfigMap/shop/a", { code: "object-refused", message: "immutable" });
    await world.create({ interval: "1s" });
    const tries = await triesIn5Minutes(world, () => world.cluster.writes.length);
    expect(new Set(tries).size).toBeLessThanOrEqual(10);
  });

  test("fixed by a commit: written at the next poll, not at the next try", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "bad" }) });
    world.cluster.refuse("ConfigMap/shop/a", { code: "object-refused", message: "bad" });
    const id = await world.create();
    await world.clock.advance(10 * MINUTE);
    world.cluster.refuse("ConfigMap/shop/a", undefined);
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "good" }) });
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("a kind that nobody serves: named, the others are applied, and it lands once it is served", async () => {
    const world = createFakeWorld();
    const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
    world.git.commit(URL, { "a.yaml": configMap("a"), "w.json": JSON.stringify(widget) });
    const id = await world.create();
    expect(world.ready(id)).toMatch(/^False KindNotFound: w\.json:1: Widget\.example\.com\/w: /);
    expect(world.cluster.read("ConfigMap/shop/a")).toBeDefined();
    await world.clock.advance(5 * MINUTE);
    world.cluster.serve({ ...widget, plural: "widgets", namespaced: true });
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.read("Widget.example.com/shop/w")).toBeDefined();
    expect(world.status(id).phase).toBe("Synced");
  });

  test("a namespace that does not exist: named, nothing is tried, and all is in once it exists", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ targetNamespace: "later" });
    expect(world.ready(id)).toMatch(/^False NamespaceNotFound: .*namespace later does not exist/);
    await world.clock.advance(5 * MINUTE);
    expect(world.cluster.writes).toEqual([]);
    namespace(world.cluster, "later");
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
    expect(world.cluster.read("ConfigMap/later/a")).toBeDefined();
  });

  test("refused, and then its namespace goes: no hot loop", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.cluster.refuse("ConfigMap/shop/a", { code: "object-refused", message: "no" });
    const id = await world.create();
    world.cluster.terminate("Namespace/shop");
    const requests = world.cluster.requests.length;
    await world.clock.advance(MINUTE);
    expect(world.ready(id)).toContain("namespace shop is being deleted");
    expect(world.cluster.requests.length - requests).toBeLessThan(60);
  });

  test("one that is being deleted: waited for without a write, and made anew when it is gone", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create();
    world.cluster.terminate("ConfigMap/shop/a");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    await world.clock.advance(MINUTE);
    expect(world.ready(id)).toContain("False ObjectTerminating");
    expect(world.cluster.writes.length).toBe(1);
    world.cluster.delete("ConfigMap/shop/a");
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
  });
});

describe("the API server and time", { timeout: 30_000 }, () => {
  test("an API server that cannot be read: told, retried with back-off, then synced", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.cluster.fail("observe", new NopeaError("cluster-unreachable", "connection refused"));
    const id = await world.create();
    await world.clock.advance(5 * MINUTE);
    expect(world.ready(id)).toContain("False ClusterUnreachable: connection refused");
    expect(world.cluster.requests.filter(verb => verb === "observe").length).toBeLessThan(10);
    world.cluster.fail("observe", undefined);
    await world.clock.advance(MINUTE);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("a sync that takes longer than its timeout: ends, says so, and is tried again", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.git.delay(URL, new Promise(() => undefined));
    const id = await world.create({ timeout: "30s" });
    await world.clock.advance(29 * SECOND);
    expect(world.metrics.failed).toBe(0);
    await world.clock.advance(SECOND);
    expect(world.ready(id)).toContain("False SyncTimeout: the sync did not end within 30s");
    world.git.delay(URL, undefined);
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("a sync that ends in time: its timeout does nothing later", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ timeout: "30s", interval: "1h" });
    await world.clock.advance(10 * MINUTE);
    expect(world.status(id).phase).toBe("Synced");
    expect(world.metrics.failed).toBe(0);
  });

  test("the clock is set back an hour: lastSyncTime does not move back", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create();
    const before = world.status(id).lastSyncTime;
    world.clock.setTo(world.clock.now() - 3_600 * SECOND);
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    world.supervisor().nudgeAll();
    await world.clock.settle();
    expect(world.cluster.writes.length).toBe(2);
    expect(world.status(id).lastSyncTime).toBe(before);
  });
});
