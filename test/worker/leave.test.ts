/** A GitRepository is deleted: what becomes of its objects, and of its finalizer. */
import { describe, expect, test } from "vitest";
import { FINALIZER } from "../../src/model/annotations";
import { configMap, createFakeWorld, URL } from "../support/fake-world";
import type { Spec } from "../support/fake-repositories";
import { definitionOf } from "../support/widgets";

const SECOND = 1_000;
const MINUTE = 60_000;
const A = "ConfigMap/shop/a";
const B = "ConfigMap/shop/b";

const held = JSON.stringify({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "b", finalizers: ["example.com/hold"] },
});
const files = { "a.yaml": configMap("a"), "b.yaml": configMap("b") };

async function begin(spec: Spec = {}, of: Readonly<Record<string, string>> = files) {
  const world = createFakeWorld();
  world.git.commit(URL, of);
  const id = await world.create({ deletionPolicy: "Delete", ...spec });
  expect(world.status(id).phase).toBe("Synced");
  const { repositories } = world.cluster;
  return { world, id, repositories, exists: () => repositories.exists(id) };
}

describe("deletionPolicy Retain", { timeout: 30_000 }, () => {
  test("no finalizer; the objects stay as they are", async () => {
    const { world, id, repositories, exists } = await begin({ deletionPolicy: "Retain" });
    expect(repositories.finalizersOf(id)).toEqual([]);
    const before = world.cluster.live(A);
    repositories.delete(id);
    await world.clock.advance(MINUTE);
    expect(exists()).toBe(false);
    expect(world.cluster.live(A)).toEqual(before);
  });

  test("after Delete: the finalizer goes, also while the repository is suspended", async () => {
    const { world, id, repositories } = await begin();
    expect(repositories.finalizersOf(id)).toEqual([FINALIZER]);
    repositories.edit(id, { deletionPolicy: "Retain", suspend: true });
    await world.clock.settle();
    expect(repositories.finalizersOf(id)).toEqual([]);
  });
});

describe("deletionPolicy Delete", { timeout: 30_000 }, () => {
  test("the finalizer is there before the first object; without it nothing is written", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, files);
    world.cluster.fail("finalizer", new Error("no"));
    const id = await world.create({ deletionPolicy: "Delete" });
    expect(world.cluster.writes).toEqual([]);
    world.cluster.fail("finalizer", undefined);
    await world.clock.advance(MINUTE);
    expect(world.status(id).phase).toBe("Synced");
    const { requests } = world.cluster;
    expect(requests.lastIndexOf("finalizer")).toBeLessThan(requests.indexOf("execute"));
  });

  test("it is deleted: its objects go, others stay, and then it goes itself", async () => {
    const { world, id, repositories, exists } = await begin();
    const metadata = { name: "else", namespace: "shop" };
    world.cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata }, "kubectl");
    repositories.delete(id);
    await world.clock.settle();
    expect([world.cluster.read(A), world.cluster.read(B)]).toEqual([undefined, undefined]);
    expect(world.cluster.read("ConfigMap/shop/else")).toBeDefined();
    expect(exists()).toBe(false);
  });

  test("in the middle of a sync: the deletion wins", async () => {
    const { world, id, repositories, exists } = await begin();
    let isDeleted = false;
    world.cluster.beforeApply = object => {
      if (object === "ConfigMap/shop/c" && !isDeleted) repositories.delete(id);
      if (object === "ConfigMap/shop/c") isDeleted = true;
    };
    const more = { "c.yaml": configMap("c"), "d.yaml": configMap("d") };
    world.git.commit(URL, { ...files, ...more });
    await world.clock.advance(10 * SECOND);
    expect(exists()).toBe(false);
    for (const name of ["a", "b", "c", "d"]) {
      expect(world.cluster.read(`ConfigMap/shop/${name}`)).toBeUndefined();
    }
  });

  test("nopea is away meanwhile: as soon as it is back", async () => {
    const { world, id, repositories, exists } = await begin();
    world.supervisor().stop();
    repositories.delete(id);
    expect(exists()).toBe(true);
    await world.restart();
    expect(world.cluster.read(A)).toBeUndefined();
    expect(exists()).toBe(false);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["nopea.io/prune: disabled", { "nopea.io/prune": "disabled" }],
    ["suspended by hand", { "nopea.io/suspend-heal": "true" }],
  ])("%s: that object stays, and nothing hangs", async (_, annotations) => {
    const { world, id, repositories, exists } = await begin();
    world.cluster.edit(B, { metadata: { annotations } });
    repositories.delete(id);
    await world.clock.settle();
    expect(world.cluster.read(A)).toBeUndefined();
    expect(world.cluster.read(B)).toBeDefined();
    expect(exists()).toBe(false);
  });

  test("an object with a finalizer: waited for, the others go at once", async () => {
    const { world, id, repositories, exists } = await begin({}, { ...files, "b.yaml": held });
    repositories.delete(id);
    await world.clock.advance(30 * SECOND);
    expect(world.cluster.read(A)).toBeUndefined();
    expect(exists()).toBe(true);
    world.cluster.delete(B);
    await world.clock.advance(2 * SECOND);
    expect(exists()).toBe(false);
  });

  test("a finalizer that nobody takes off: the GitRepository goes after two minutes, and the log names what is left", async () => {
    const { world, id, repositories, exists } = await begin({}, { ...files, "b.yaml": held });
    repositories.delete(id);
    await world.clock.advance(3 * MINUTE);
    expect(exists()).toBe(false);
    const [line] = world.log.filter(({ message }) => message === "left behind");
    expect(line?.fields).toMatchObject({ left: [B] });
  });

  test("custom resources that hang: what serves them is deleted after a minute all the same, their definition stays", async () => {
    const definition = JSON.stringify(definitionOf("example.com"));
    const metadata = { name: "w", finalizers: ["example.com/hold"] };
    const widget = JSON.stringify({ apiVersion: "example.com/v1", kind: "Widget", metadata });
    const more = { ...files, "d.yaml": definition, "w.yaml": widget };
    const { world, id, repositories, exists } = await begin({}, more);
    repositories.delete(id);
    await world.clock.advance(55 * SECOND);
    expect(world.cluster.removals.map(({ object }) => object)).toEqual([
      "Widget.example.com/shop/w",
    ]);
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.read(A)).toBeUndefined();
    await world.clock.advance(2 * MINUTE);
    expect(exists()).toBe(false);
    const [line] = world.log.filter(({ message }) => message === "left behind");
    expect(line?.fields.left).toEqual([
      "CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com",
      "Widget.example.com/shop/w",
    ]);
  });

  test("the API server cannot list a kind for ten seconds, nopea has just begun: waited for, and gone", async () => {
    const world = createFakeWorld();
    const W = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
    world.cluster.serve({ ...W, plural: "widgets", namespaced: true });
    world.git.commit(URL, { "a.yaml": configMap("a"), "w.json": JSON.stringify(W) });
    const id = await world.create({ deletionPolicy: "Delete" });
    world.supervisor().stop();
    world.cluster.break("example.com/v1/Widget", "observe", "follow", "execute");
    world.cluster.repositories.delete(id);
    await world.restart();
    await world.clock.advance(10 * SECOND);
    world.cluster.break("example.com/v1/Widget");
    await world.clock.advance(100 * SECOND);
    expect(world.cluster.read("Widget.example.com/shop/w")).toBeUndefined();
  });

  test("the same, and the clock is set back meanwhile: not hours later", async () => {
    const { world, id, repositories, exists } = await begin({}, { ...files, "b.yaml": held });
    repositories.delete(id);
    await world.clock.advance(MINUTE);
    world.clock.setTo(world.clock.now() - 120 * MINUTE);
    await world.clock.advance(3 * MINUTE);
    expect(exists()).toBe(false);
  });

  test("the API server refuses the deletions: tried again, and given up after two minutes", async () => {
    const { world, id, repositories, exists } = await begin();
    world.cluster.refuse(A, { code: "object-forbidden", message: "no" });
    repositories.delete(id);
    await world.clock.advance(3 * MINUTE);
    expect(exists()).toBe(false);
    expect(world.cluster.read(A)).toBeDefined();
    expect(world.cluster.read(B)).toBeUndefined();
  });

  test("the cluster does not serve the kind any more: nothing hangs", async () => {
    const { world, id, repositories, exists } = await begin();
    world.cluster.break("v1/ConfigMap", "kinds", "follow");
    repositories.delete(id);
    await world.clock.advance(3 * MINUTE);
    expect(exists()).toBe(false);
  });

  test.each<[string, Spec]>([
    ["suspended", { suspend: true }],
    ["with a spec that is invalid", { url: "nonsense" }],
  ])("a repository that is %s: its objects stay, and it goes", async (_, spec) => {
    const { world, id, repositories, exists } = await begin();
    repositories.edit(id, spec);
    await world.clock.settle();
    repositories.delete(id);
    await world.clock.settle();
    expect(world.cluster.read(A)).toBeDefined();
    expect(exists()).toBe(false);
  });

  test("while the definition of GitRepositories itself goes: as Retain", async () => {
    const { world, id, repositories, exists } = await begin();
    repositories.isUninstalled = true;
    repositories.delete(id);
    await world.clock.settle();
    expect(world.cluster.read(A)).toBeDefined();
    expect(exists()).toBe(false);
  });

  test("something breaks: the GitRepository goes all the same", async () => {
    const { world, id, repositories, exists } = await begin();
    world.cluster.fail("kinds", new Error("a bug"));
    world.cluster.fail("definition", new Error("a bug"));
    repositories.delete(id);
    await world.clock.advance(3 * MINUTE);
    expect(exists()).toBe(false);
  });
});
