/** A kind whose own server is away (an aggregated API, a conversion webhook): only its objects wait. */
import { describe, expect, test } from "vitest";
import { configMap, createFakeWorld, URL, type FakeWorld } from "../support/fake-world";
import type { Verb } from "../support/fake-cluster";

const SECOND = 1_000;
const MINUTE = 60_000;
const WIDGET = "example.com/v1/Widget";
const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
const files = { "a.yaml": configMap("a"), "w.json": JSON.stringify(widget) };
const resized = JSON.stringify({ ...widget, spec: { size: 2 } });
const live = "Widget.example.com/shop/w";

function worldWithWidgets(): FakeWorld {
  const world = createFakeWorld();
  world.cluster.serve({ ...widget, plural: "widgets", namespaced: true });
  return world;
}

describe("a kind whose server answers 503", { timeout: 30_000 }, () => {
  test.each<[string, readonly Verb[]]>([
    ["everywhere", ["kinds", "observe", "follow", "execute"]],
    ["at its list, its kind is known", ["observe", "follow", "execute"]],
    ["at its list only", ["follow"]],
    ["when its object is asked for", ["observe"]],
    ["at its apply only", ["execute"]],
  ])("%s: the other objects are in, its own is named; back again: in", async (_, at) => {
    const world = worldWithWidgets();
    world.cluster.break(WIDGET, ...at);
    world.git.commit(URL, files);
    const id = await world.create();
    expect(world.cluster.read("ConfigMap/shop/a")).toBeDefined();
    expect(world.ready(id)).toMatch(
      /^False KindUnavailable: w\.json:1: Widget\.example\.com\/.*503/,
    );
    expect(world.status(id)).toMatchObject({ phase: "Failed", resources: { total: 2 } });
    expect(world.status(id).lastSyncedCommit).toBeUndefined();
    await world.clock.advance(5 * MINUTE);
    expect(world.cluster.writes.filter(({ object }) => object !== live).length).toBe(1);
    expect(world.cluster.requests.length).toBeLessThan(250);
    world.cluster.break(WIDGET);
    await world.clock.advance(MINUTE);
    expect(world.cluster.read(live)).toBeDefined();
    expect(world.status(id).phase).toBe("Synced");
  });

  test("with an object of ours whose watch goes on, and Git changes: written on the version that is known", async () => {
    const world = worldWithWidgets();
    world.git.commit(URL, files);
    const id = await world.create();
    world.cluster.break(WIDGET, "observe");
    const second = world.git.commit(URL, { ...files, "w.json": resized });
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.read(live)).toMatchObject({ spec: { size: 2 } });
    expect(world.cluster.writes.at(-1)).toMatchObject({ object: live, result: "applied" });
    expect(world.status(id).lastAttemptedCommit).toBe(second);
  });

  test.each<[string, readonly Verb[]]>([
    ["its kind is not known", ["kinds", "follow"]],
    ["its list is refused", ["observe", "follow"]],
  ])(
    "with an object of ours that nobody has seen since a restart, %s, and Git changes: it is not written blindly",
    async (_, at) => {
      const world = worldWithWidgets();
      world.git.commit(URL, files);
      const id = await world.create();
      const writes = world.cluster.writes.length;
      world.cluster.break(WIDGET, ...at);
      const second = world.git.commit(URL, { ...files, "w.json": resized });
      await world.restart();
      await world.clock.advance(MINUTE);
      expect(world.ready(id)).toContain("False KindUnavailable: w.json:1");
      expect(world.cluster.writes.length).toBe(writes);
      world.cluster.break(WIDGET);
      await world.clock.advance(MINUTE);
      expect(world.status(id).lastSyncedCommit).toBe(second);
      expect(world.cluster.read(live)).toMatchObject({ spec: { size: 2 } });
    },
  );

  test("with an object of ours whose watch goes on, and it is edited: healed on the version that is known", async () => {
    const world = worldWithWidgets();
    world.git.commit(URL, { ...files, "w.json": resized });
    await world.create();
    world.cluster.break(WIDGET, "kinds", "observe", "follow");
    world.cluster.edit(live, { spec: { size: 9 } });
    await world.clock.settle();
    expect(world.cluster.read(live)).toMatchObject({ spec: { size: 2 } });
  });

  test.each<[string, readonly Verb[]]>([
    ["its kind is not known", ["kinds"]],
    ["its list is refused", ["follow"]],
  ])(
    "when its object leaves Git, and after a restart %s: the kind stays in the status, and the orphan is found later",
    async (_, at) => {
      const world = worldWithWidgets();
      world.git.commit(URL, files);
      const id = await world.create();
      world.cluster.break(WIDGET, ...at);
      world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
      await world.restart();
      await world.clock.advance(5 * SECOND);
      expect(world.status(id).resources).toMatchObject({ kinds: [WIDGET, "v1/ConfigMap"] });
      expect(world.ready(id)).toMatch(
        /^True Synced: .*Could not look for orphans of .*Widget: .*503/,
      );
      world.cluster.break(WIDGET);
      world.git.commit(URL, { "a.yaml": configMap("a", { k: "3" }) });
      await world.clock.advance(5 * SECOND);
      expect(world.status(id).resources).toMatchObject({
        orphans: [live],
        kinds: [WIDGET, "v1/ConfigMap"],
      });
      expect(world.ready(id)).not.toContain("Could not look");
    },
  );

  test("another repository, without objects of it: does not notice", async () => {
    const world = worldWithWidgets();
    world.cluster.break(WIDGET, "kinds", "observe", "execute");
    world.git.commit(URL, files);
    await world.create();
    const other = "https://git.example.com/other.git";
    world.git.create(other);
    world.git.commit(other, { "b.yaml": configMap("b") });
    const id = await world.create({ url: other }, "other");
    expect(world.ready(id)).toContain("True Synced");
  });
});
