/** spec.suspend: neither Git nor the cluster is asked anything while it is true, whatever asks for it. */
import { describe, expect, test } from "vitest";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const MINUTE = 60_000;
const A = "ConfigMap/shop/a";

describe("spec.suspend", { timeout: 30_000 }, () => {
  test("from the start: no request but the status, whatever nudges; false: in at once", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ suspend: true });
    world.supervisor().nudgeAll();
    world.cluster.repositories.syncAt(id, "now");
    await world.clock.advance(30 * MINUTE);
    await world.restart();
    await world.clock.advance(30 * MINUTE);
    expect(world.git.calls).toEqual([]);
    expect(world.cluster.requests.filter(verb => verb !== "status")).toEqual([]);
    expect(world.status(id)).toMatchObject({ phase: "Suspended", observedGeneration: 1 });
    expect(world.ready(id)).toMatch(/^Unknown Suspended: spec.suspend is true/);
    world.cluster.repositories.edit(id, { suspend: false });
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastHandledSyncAt: "now" });
    expect(world.cluster.live(A)).toBeDefined();
  });

  test("in between: Ready says what the last sync found; a new commit waits; the status is quiet", async () => {
    const world = createFakeWorld();
    const first = world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create({ interval: "5s" });
    world.cluster.repositories.edit(id, { suspend: true });
    await world.clock.settle();
    const asked = world.git.calls.length;
    const told = world.cluster.requests.length;
    const second = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    await world.clock.advance(10 * MINUTE);
    expect(world.git.calls.length).toBe(asked);
    expect(world.cluster.requests.length).toBe(told);
    expect(world.status(id)).toMatchObject({ phase: "Suspended", lastSyncedCommit: first });
    expect(world.ready(id)).toMatch(/^True Synced/);
    world.cluster.repositories.edit(id, { suspend: false });
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: second });
  });

  test("in the middle of a sync: the sync ends, and nothing more is written", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    let go = (): void => undefined;
    world.git.delay(URL, new Promise(resolve => (go = resolve)));
    const id = await world.create();
    world.cluster.repositories.edit(id, { suspend: true });
    await world.clock.settle();
    go();
    await world.clock.advance(MINUTE);
    expect(world.cluster.writes).toEqual([]);
    expect(world.status(id).phase).toBe("Suspended");
  });
});
