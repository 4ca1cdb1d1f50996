/** What has to be confirmed, and what nobody may lose track of: through changed minds, restarts and servers that are away. */
import { describe, expect, test } from "vitest";
import { configMap, createFakeWorld, namespace, URL } from "../support/fake-world";
import { A, B, begin, C, DEFINITION, MINUTE, of, push, SECOND } from "../support/prune-world";

const NS = of("v1", "Namespace", "extra");

describe("orphans that wait", { timeout: 30_000 }, () => {
  test("a Namespace left Git while prune was false, and prune is set: it waits to be confirmed", async () => {
    const { world, id } = await begin({ "a.yaml": A, "x.yaml": NS }, { prune: false });
    await push(world, { "a.yaml": A });
    world.cluster.repositories.edit(id, { prune: true });
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("nopea.io/prune: disabled is taken off a Namespace that left Git: it waits to be confirmed", async () => {
    const { world } = await begin({ "a.yaml": A, "x.yaml": NS });
    world.cluster.edit("Namespace/extra", {
      metadata: { annotations: { "nopea.io/prune": "disabled" } },
    });
    await push(world, { "a.yaml": A });
    world.cluster.strip("Namespace/extra", "annotations/nopea.io~1prune");
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("its label is taken off and put back: it waits to be confirmed again", async () => {
    const { world, id } = await begin({ "a.yaml": A, "x.yaml": NS });
    const label = "my-app";
    world.cluster.edit("Namespace/extra", {
      metadata: { labels: { "nopea.io/repository": "none" } },
    });
    await push(world, { "a.yaml": A });
    world.cluster.edit("Namespace/extra", {
      metadata: { labels: { "nopea.io/repository": label } },
    });
    await world.clock.advance(10 * SECOND);
    expect({ r: world.cluster.removals, p: world.status(id).pending?.length }).toEqual({
      r: [],
      p: 1,
    });
  });

  test("everything left Git while prune was false, and prune is set: all of it waits", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B }, { prune: false });
    await push(world, { "c.yaml": C });
    world.cluster.repositories.edit(id, { prune: true });
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("prune is switched off and on again while everything waits: it waits", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B });
    await push(world, { "c.yaml": C });
    expect(world.status(id).pending).toHaveLength(2);
    world.cluster.repositories.edit(id, { prune: false });
    await world.clock.advance(10 * SECOND);
    world.cluster.repositories.edit(id, { prune: true });
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("a restart on a tip that nobody can read: what a later commit than the last good one brought stays", async () => {
    const { world } = await begin({ "a.yaml": A });
    // c2: adds b (goes in) and an object of a kind nobody serves
    await push(world, { "a.yaml": A, "b.yaml": B, "u.yaml": of("example.com/v1", "Nope", "n") });
    expect(world.cluster.read("ConfigMap/shop/b")).toBeDefined();
    await push(world, { "a.yaml": A, "b.yaml": B, "bad.yaml": "a: [" });
    expect(world.cluster.removals).toEqual([]);
    await world.restart();
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("confirmed and done: the next commit is judged by itself", async () => {
    const { world, id } = await begin({ "a.yaml": A });
    const c1 = await push(world, { "b.yaml": B, "c.yaml": C });
    world.cluster.repositories.confirm(id, c1);
    await world.clock.settle();
    expect(world.cluster.removals).toHaveLength(1);
    await push(world, { "b.yaml": B });
    expect(world.status(id).pending).toBeUndefined();
    expect(world.cluster.removals).toHaveLength(2);
  });

  test("the commit that waits is reverted: what it brought is pruned", async () => {
    const { world, id } = await begin({ "a.yaml": A });
    await push(world, { "b.yaml": B });
    await push(world, { "a.yaml": A });
    expect(world.status(id).pending).toBeUndefined();
    expect(world.cluster.removals).toHaveLength(1);
  });

  test("a custom resource that is kept keeps nothing else but its definition", async () => {
    const w = of("example.com/v1", "Widget", "w", {
      annotations: { "nopea.io/prune": "disabled" },
    });
    const { world } = await begin({
      "a.yaml": A,
      "b.yaml": B,
      "d.yaml": DEFINITION,
      "w.yaml": w,
    });
    await push(world, { "a.yaml": A });
    await world.clock.advance(5 * MINUTE);
    expect(world.cluster.removals).toHaveLength(1);
  });

  test("confirmed by the commit that it waits for, after newer ones: deleted, and the annotation goes", async () => {
    const { world, id } = await begin({ "a.yaml": A, "x.yaml": NS });
    const c1 = await push(world, { "a.yaml": A });
    await push(world, { "a.yaml": configMap("a", { k: "2" }) });
    world.cluster.repositories.confirm(id, c1);
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toHaveLength(1);
    expect(world.cluster.repositories.confirmationOf(id)).toBeUndefined();
  });

  test("what a GitRepository of the same name had left behind: it waits to be confirmed", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B }, { prune: false });
    world.cluster.repositories.delete(id);
    await world.clock.advance(10 * SECOND);
    world.git.commit(URL, { "a.yaml": A });
    await world.create({ prune: true });
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("everything is renamed while a kind cannot be looked at: it waits, also what is seen only later", async () => {
    const world = createFakeWorld();
    const W = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
    world.cluster.serve({ ...W, plural: "widgets", namespaced: true });
    const { id } = await begin(
      { "a.yaml": A, "b.yaml": B, "w.json": JSON.stringify(W) },
      {},
      world,
    );
    world.supervisor().stop();
    world.cluster.break("example.com/v1/Widget", "observe", "follow", "execute");
    world.git.commit(URL, {
      "c.yaml": C,
      "w.json": JSON.stringify({ ...W, metadata: { name: "w2" } }),
    });
    await world.restart();
    await world.clock.advance(10 * SECOND);
    world.cluster.break("example.com/v1/Widget");
    await world.clock.advance(2 * MINUTE);
    expect(world.cluster.removals).toEqual([]);
    expect(world.status(id).pending).toHaveLength(3);
  });

  test("a restart while the kind of what waits cannot be looked at: it waits when it is seen again", async () => {
    const world = createFakeWorld();
    const W = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
    world.cluster.serve({ ...W, plural: "widgets", namespaced: true });
    const { id } = await begin({ "w.json": JSON.stringify(W) }, {}, world);
    await push(world, { "c.yaml": C });
    expect(world.status(id).pending).toHaveLength(1);
    world.cluster.break("example.com/v1/Widget", "kinds", "observe", "follow", "execute");
    await world.restart();
    await world.clock.advance(10 * SECOND);
    world.cluster.break("example.com/v1/Widget");
    await world.clock.advance(10 * MINUTE);
    await push(world, { "c.yaml": configMap("c", { k: "2" }) });
    expect(world.cluster.removals).toEqual([]);
  });

  test("edited by hand when it left Git under prune: false, conflictPolicy live: kept when prune is set", async () => {
    const { world, id } = await begin(
      { "a.yaml": A, "b.yaml": configMap("b", { k: "1" }) },
      { prune: false, conflictPolicy: "live", healPolicy: "manual" },
    );
    world.cluster.edit("ConfigMap/shop/b", { data: { k: "by hand" } });
    await world.clock.advance(6 * SECOND);
    await push(world, { "a.yaml": A });
    world.cluster.repositories.edit(id, { prune: true });
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });

  test("another targetNamespace, and one object without namespace stays: all others wait", async () => {
    const world = createFakeWorld();
    namespace(world.cluster, "other");
    const { id } = await begin(
      {
        "a.yaml": A,
        "b.yaml": B,
        "r.yaml": of("rbac.authorization.k8s.io/v1", "ClusterRole", "r"),
      },
      {},
      world,
    );
    world.cluster.repositories.edit(id, { targetNamespace: "other" });
    await world.clock.advance(10 * SECOND);
    expect(world.cluster.removals).toEqual([]);
  });
});
