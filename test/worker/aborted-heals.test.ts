/** A walk or a heal that ends between two writes: what it has undone is not forgotten. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT, type DriftWorld } from "../support/drift-world";
import { configMap, URL } from "../support/fake-world";

const MINUTE = 60_000;
const LAST = "ConfigMap/shop/b";
const options = { timeout: 30_000 };

/** Git declares two objects, of which `b` is written last. */
async function given(): Promise<DriftWorld> {
  const world = await createDriftWorld({ interval: "1h" });
  const files = { "a.yaml": configMap("a", { k: "git" }), "b.yaml": configMap("b", { k: "git" }) };
  world.git.commit(URL, files);
  world.supervisor().nudgeAll();
  await world.clock.settle();
  return world;
}

/** Both are edited at once, and this happens between the two writes. */
async function interrupt(world: DriftWorld, event: () => void): Promise<void> {
  let isOver = false;
  world.cluster.beforeApply = async object => {
    if (object !== LAST || isOver) return;
    isOver = true;
    await world.clock.settle();
    event();
  };
  for (const object of [OBJECT, LAST]) world.cluster.edit(object, { data: { k: "hand" } });
  await world.clock.advance(1);
  await world.clock.settle();
}

const told = (world: DriftWorld) =>
  world
    .episodes()
    .map(({ key, decision, edits }) => `${key.name} ${decision} ${edits.length}`)
    .sort();

const data = (world: DriftWorld) =>
  [OBJECT, LAST].map(object => (world.cluster.read(object)?.data as { k?: string }).k);

describe("between two writes", options, () => {
  test("before the first one: both edits are on record already", async () => {
    const world = await given();
    let before: readonly string[] = [];
    world.cluster.beforeApply = async () => {
      await world.clock.settle();
      if (before.length === 0) before = told(world);
    };
    for (const object of [OBJECT, LAST]) world.cluster.edit(object, { data: { k: "hand" } });
    await world.clock.advance(1);
    await world.clock.settle();
    expect(before).toEqual(["a waiting 1", "b waiting 1"]);
    expect(told(world)).toEqual(["a healed 1", "b healed 1"]);
  });

  test("a heal, and the spec changes: the undone edit is closed in its record, and the other is healed next", async () => {
    const world = await given();
    await interrupt(world, () => world.cluster.repositories.edit(world.id, { interval: "2h" }));
    await world.clock.advance(MINUTE);
    expect(data(world)).toEqual(["git", "git"]);
    expect(told(world)).toEqual(["a healed 1", "b healed 1"]);
  });

  test("the spec suspends the repository: what was written is told, what was not stays open", async () => {
    const world = await given();
    await interrupt(world, () => world.cluster.repositories.edit(world.id, { suspend: true }));
    await world.clock.advance(MINUTE);
    expect(data(world)).toEqual(["git", "hand"]);
    expect(told(world)).toEqual(["a healed 1", "b waiting 1"]);
  });

  test("the first walk of a process, and the spec changes: the same", async () => {
    const world = await given();
    world.supervisor().stop();
    await world.clock.settle();
    await interrupt(world, () => world.cluster.repositories.edit(world.id, { interval: "2h" }));
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(data(world)).toEqual(["git", "git"]);
    expect(told(world)).toEqual(["a healed 1", "b healed 1"]);
  });

  test("the process ends: the next one knows of both, and tells of each once", async () => {
    const world = await given();
    await interrupt(world, () => world.supervisor().stop());
    expect(data(world)).toEqual(["git", "hand"]);
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(data(world)).toEqual(["git", "git"]);
    const objects = world.episodes().map(({ key, edits }) => `${key.name} ${edits.length}`);
    expect(objects.sort()).toEqual(["a 1", "b 1"]);
    expect(world.open()).toEqual([]);
  });
});
