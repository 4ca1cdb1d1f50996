/** What people and events ask of a repository's worker: exactly what is needed, never twice. */
import { describe, expect, test } from "vitest";
import type { Phase } from "../../src/model/git-repository";
import { configMap, createFakeWorld, namespace, URL } from "../support/fake-world";

const MINUTE = 60_000;

const phases = (world: ReturnType<typeof createFakeWorld>): readonly (Phase | undefined)[] =>
  world.cluster.repositories.written.map(({ status }) => status.phase);

describe("edits of the GitRepository", () => {
  test("a new repository: Initializing, Syncing, Synced", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    await world.create();
    expect([...new Set(phases(world))]).toEqual(["Initializing", "Syncing", "Synced"]);
  });

  test("spec edited at rest: synced exactly once, at once, and observed", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    namespace(world.cluster, "elsewhere");
    world.cluster.repositories.edit(id, { targetNamespace: "elsewhere" });
    await world.clock.settle();
    expect(world.cluster.read("ConfigMap/elsewhere/a")).toBeDefined();
    expect(world.status(id)).toMatchObject({ observedGeneration: 2, phase: "Synced" });
    expect(world.metrics).toMatchObject({ synced: 2, failed: 0 });
    const calls = world.git.calls.length;
    await world.clock.advance(30 * MINUTE);
    expect(world.git.calls.length).toBe(calls);
  });

  test("spec edited during a sync: the sync ends, and the new spec is synced exactly once", async () => {
    const world = createFakeWorld();
    const open = gate();
    world.git.commit(URL, { "old/a.yaml": configMap("old"), "new/b.yaml": configMap("new") });
    world.cluster.beforeApply = () => open.promise;
    const id = await world.create({ path: "old", interval: "1h" });
    world.cluster.repositories.edit(id, { path: "new" });
    open.resolve();
    await world.clock.advance(MINUTE);
    expect(world.cluster.writes.map(({ object }) => object)).toEqual(["ConfigMap/shop/new"]);
    expect(world.status(id)).toMatchObject({ observedGeneration: 2, phase: "Synced" });
    expect(world.metrics).toMatchObject({ synced: 1, failed: 0, restarts: 0 });
  });

  test("a status event or a relist: not a request to Git, not a sync", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    const calls = world.git.calls.length;
    for (let i = 0; i < 10; i++) world.cluster.repositories.resend(id);
    await world.clock.advance(MINUTE);
    expect(world.git.calls.length).toBe(calls);
    expect(world.metrics.synced).toBe(1);
  });

  test("a spec nobody can work with, then a good one: Stalled with all reasons, then Synced", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ url: "git@host:x.git", path: "../up" });
    expect(world.ready(id)).toMatch(
      /^False InvalidSpec: spec.url must start .*spec.path must stay/,
    );
    expect(world.status(id).conditions?.map(({ type }) => type)).toContain("Stalled");
    expect(world.git.calls).toEqual([]);
    world.cluster.repositories.edit(id, { url: URL, path: "" });
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ phase: "Synced", observedGeneration: 2 });
    expect(world.status(id).conditions?.map(({ type }) => type)).toEqual(["Ready"]);
  });
});

describe("sync-at", () => {
  test("a new value: synced now and answered, also where nothing changed", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    world.cluster.repositories.syncAt(id, "one");
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ lastHandledSyncAt: "one", phase: "Synced" });
    expect(world.metrics.synced).toBe(2);
    expect(world.cluster.writes.length).toBe(1);
  });

  test("a value that was answered before a restart: not a second sync", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    world.cluster.repositories.syncAt(id, "one");
    await world.clock.settle();
    const statuses = world.cluster.repositories.written.length;
    await world.restart();
    expect(world.cluster.repositories.written.length).toBe(statuses);
  });

  test("a value that comes during a sync: answered by a sync of its own", async () => {
    const world = createFakeWorld();
    const open = gate();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.cluster.beforeApply = () => open.promise;
    const id = await world.create({ interval: "1h" });
    world.cluster.repositories.syncAt(id, "one");
    await world.clock.settle();
    expect(world.status(id).lastHandledSyncAt).toBeUndefined();
    open.resolve();
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ lastHandledSyncAt: "one", phase: "Synced" });
    expect(world.metrics.synced).toBe(2);
  });

  test("while the sync fails: answered all the same", async () => {
    const world = createFakeWorld();
    const id = await world.create({ branch: "missing" });
    world.cluster.repositories.syncAt(id, "one");
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ lastHandledSyncAt: "one", phase: "Failed" });
  });
});

describe("nudges", () => {
  test("a hundred during a sync: one more look at Git", async () => {
    const world = createFakeWorld();
    const open = gate();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.git.delay(URL, open.promise);
    await world.create({ interval: "1h" });
    for (let i = 0; i < 100; i++) world.supervisor().nudgeAll();
    open.resolve();
    await world.clock.settle();
    expect(world.git.calls.map(({ verb }) => verb)).toEqual(["resolve", "fetch", "resolve"]);
  });

  test("at rest: a look at Git that finds what was pushed", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    const commit = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    world.supervisor().nudgeAll();
    await world.clock.settle();
    expect(world.status(id).lastSyncedCommit).toBe(commit);
  });
});

describe("deletion", () => {
  test("in the middle of a sync: nothing is written afterwards, and nobody asks Git again", async () => {
    const world = createFakeWorld();
    const open = gate();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    world.cluster.beforeApply = object => (object.endsWith("/b") ? open.promise : undefined);
    const id = await world.create();
    expect(world.cluster.writes.map(({ object }) => object)).toEqual(["ConfigMap/shop/a"]);
    world.cluster.repositories.delete(id);
    const requests = world.cluster.requests.length;
    const calls = world.git.calls.length;
    open.resolve();
    await world.clock.advance(10 * MINUTE);
    expect(world.cluster.writes.map(({ object }) => object)).toEqual(["ConfigMap/shop/a"]);
    expect(world.cluster.requests.length).toBe(requests);
    expect(world.git.calls.length).toBe(calls);
    expect(world.metrics.workers).toBe(0);
  });

  test("in the middle of a fetch: nothing of it is applied", async () => {
    const world = createFakeWorld();
    const open = gate();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.git.delay(URL, open.promise);
    const id = await world.create();
    world.cluster.repositories.delete(id);
    open.resolve();
    await world.clock.advance(10 * MINUTE);
    expect(world.cluster.writes).toEqual([]);
  });

  test("with a finalizer of somebody else's: no work from the deletionTimestamp on", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create();
    const metadata = { ...id, generation: 2, deletionTimestamp: "2026-01-15T10:31:00Z" };
    world.inbox().upsert({ metadata, spec: { url: URL } });
    const calls = world.git.calls.length;
    await world.clock.advance(MINUTE);
    expect(world.git.calls.length).toBe(calls);
  });

  test("an event of before the deletion that arrives after it: nobody works again", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create();
    world.cluster.repositories.delete(id);
    world.inbox().upsert({ metadata: { ...id, generation: 1 }, spec: { url: URL } });
    await world.clock.advance(MINUTE);
    expect(world.metrics.workers).toBe(0);
  });

  test("made anew under the same name: another worker, although the deletion was never told", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const old = await world.create();
    world.inbox().upsert({
      metadata: { ...old, uid: "another", generation: 1 },
      spec: { url: URL, interval: "1h" },
    });
    await world.clock.settle();
    expect(world.metrics.workers).toBe(1);
    const calls = world.git.calls.length;
    await world.clock.advance(MINUTE);
    expect(world.git.calls.length).toBe(calls);
  });

  test("made anew under the same name, and then an event of the old one: the new one stays", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const old = await world.create();
    const metadata = { ...old, uid: "another", generation: 1 };
    world.inbox().upsert({ metadata, spec: { url: URL, interval: "1h" } });
    await world.clock.settle();
    const calls = world.git.calls.length;
    world.inbox().upsert({ metadata: { ...old, generation: 1 }, spec: { url: URL } });
    await world.clock.advance(MINUTE);
    expect(world.metrics.workers).toBe(1);
    expect(world.git.calls.length).toBe(calls);
  });

  test("made anew under the same name: its objects are kept, its status is its own", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const old = await world.create();
    world.cluster.repositories.delete(old);
    const id = await world.create();
    expect(id.uid).not.toBe(old.uid);
    expect(world.status(id)).toMatchObject({ phase: "Synced", observedGeneration: 1 });
    expect(world.cluster.writes.length).toBe(1);
  });
});

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>(done => (resolve = done));
  return { promise, resolve };
}
