/** Statuses that cannot be written yet. */
import { describe, expect, test } from "vitest";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const SECOND = 1_000;
const MINUTE = 60_000;

describe("while the status cannot be written", { timeout: 30_000 }, () => {
  test("it is tried again, ever more rarely, and then only the newest is written", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    const { written } = world.cluster.repositories;
    const before = written.length;
    world.cluster.fail("status", new Error("no"));
    for (let round = 2; round <= 5; round++) {
      world.git.commit(URL, { "a.yaml": configMap("a", { k: `${round}` }) });
      await world.clock.advance(5 * SECOND);
    }
    expect(world.cluster.read("ConfigMap/shop/a")).toMatchObject({ data: { k: "5" } });
    const tries = world.cluster.requests.filter(verb => verb === "status").length;
    await world.clock.advance(10 * MINUTE);
    const more = world.cluster.requests.filter(verb => verb === "status").length - tries;
    expect(more).toBeGreaterThanOrEqual(18);
    expect(more).toBeLessThanOrEqual(30);
    world.cluster.fail("status", undefined);
    await world.clock.advance(30 * SECOND);
    expect(written.length).toBe(before + 1);
    expect(world.status(id)).toMatchObject({ phase: "Synced" });
    expect(world.status(id).lastSyncedCommit).toBe(world.cluster.writes.at(-1)?.commit);
  });

  test("the repository is deleted: nobody tries any longer", async () => {
    const world = createFakeWorld();
    world.cluster.fail("status", new Error("no"));
    const id = await world.create();
    world.cluster.repositories.delete(id);
    const tries = world.cluster.requests.length;
    await world.clock.advance(10 * MINUTE);
    expect(world.cluster.requests.length).toBe(tries);
  });
});
