/** An object that is deleted to be made anew: no drift, once, and also where the process ends in between. */
import { describe, expect, test } from "vitest";
import { createFakeWorld, URL, type FakeWorld } from "../support/fake-world";

const MINUTE = 60_000;
const OBJECT = "ConfigMap/shop/a";
const fault = { code: "immutable-field", message: "data: field is immutable" } as const;

function sealed(value: string): string {
  const metadata = { name: "a", annotations: { "nopea.io/recreate": "enabled" } };
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { k: value } });
}

/** Its data may not change while it is there. `afterRemoval`: before the worker hears of it. */
function createSealedWorld(afterRemoval: () => Promise<void> = () => Promise.resolve()): FakeWorld {
  let isRemoving = false;
  const world = createFakeWorld(real => ({
    ...real,
    cluster: {
      ...real.cluster,
      async remove(removal, signal) {
        isRemoving = true;
        const outcome = await real.cluster.remove(removal, signal);
        isRemoving = false;
        await afterRemoval();
        return outcome;
      },
    },
  }));
  world.cluster.beforeApply = object => {
    const isThere = world.cluster.read(OBJECT) !== undefined;
    if (object === OBJECT) world.cluster.refuse(OBJECT, isThere && !isRemoving ? fault : undefined);
  };
  return world;
}

const dataOf = (world: FakeWorld) => world.cluster.read(OBJECT)?.data;

async function start(world: FakeWorld) {
  world.git.commit(URL, { "a.yaml": sealed("1") });
  const id = await world.create({ healPolicy: "manual" });
  expect(world.status(id).phase).toBe("Synced");
  const commit = world.git.commit(URL, { "a.yaml": sealed("2") });
  return { id, commit };
}

describe("healPolicy manual", () => {
  test("made anew in one sync, with one deletion, and no drift", async () => {
    const world = createSealedWorld();
    const { id, commit } = await start(world);
    await world.clock.advance(10 * MINUTE);
    expect(dataOf(world)).toEqual({ k: "2" });
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
    expect(world.status(id).driftCount ?? 0).toBe(0);
    expect(world.cluster.removals).toEqual([{ object: OBJECT, result: "removed" }]);
  });

  test("the process ends before it is made anew: the next one makes it, and that is no drift", async () => {
    let isDying = true;
    const world = createSealedWorld(() =>
      isDying ? new Promise(() => undefined) : Promise.resolve(),
    );
    const { id, commit } = await start(world);
    await world.clock.advance(10_000);
    expect(dataOf(world)).toBeUndefined();
    isDying = false;
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(dataOf(world)).toEqual({ k: "2" });
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
    expect(world.status(id).driftCount ?? 0).toBe(0);
  });

  test("making it is refused: tried ever more rarely, nothing more is deleted, and in once it is not", async () => {
    const world = createSealedWorld();
    let isFull = false;
    const { beforeApply } = world.cluster;
    world.cluster.beforeApply = async object => {
      await beforeApply(object);
      const isMissing = world.cluster.read(OBJECT) === undefined;
      const full = { code: "quota-exceeded", message: "full" } as const;
      if (isFull && isMissing) world.cluster.refuse(OBJECT, full);
    };
    const { id } = await start(world);
    isFull = true;
    const before = world.cluster.writes.length;
    await world.clock.advance(5 * MINUTE);
    expect(world.ready(id)).toMatch(/^False QuotaExceeded/);
    expect(world.cluster.removals).toHaveLength(1);
    expect(world.cluster.writes.length - before).toBeLessThanOrEqual(11);
    isFull = false;
    await world.clock.advance(2 * MINUTE);
    expect(dataOf(world)).toEqual({ k: "2" });
    expect(world.status(id).phase).toBe("Synced");
  });
});
