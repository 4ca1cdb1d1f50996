/** What left Git: when it goes, when it stays, and what it waits for. */
import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import { NopeaError } from "../../src/model/errors";
import { ownerMarks } from "../../src/model/ownership";
import { configMap, namespace, URL } from "../support/fake-world";
import { A, B, begin, C, DEFINITION, MINUTE, of, push, SECOND } from "../support/prune-world";
import type { Spec } from "../support/fake-repositories";

const WIDGETS = "CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com";

describe("prune: true", { timeout: 30_000 }, () => {
  test("an object leaves Git: deleted once, and told", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B });
    const commit = await push(world, { "a.yaml": A });
    expect(world.cluster.read("ConfigMap/shop/b")).toBeUndefined();
    expect(world.cluster.removals).toEqual([{ object: "ConfigMap/shop/b", result: "removed" }]);
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
    expect(world.status(id).resources).toMatchObject({ total: 1, orphanCount: 0 });
    expect(world.status(id).pending).toBeUndefined();
    expect(world.log).toContainEqual(
      expect.objectContaining({
        message: "pruned",
        fields: expect.objectContaining({ objects: ["ConfigMap/shop/b"] }) as unknown,
      }),
    );
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toHaveLength(1);
  });

  test("prune is off: kept; on: deleted, without a commit", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B }, { prune: false });
    await push(world, { "a.yaml": A });
    expect(world.status(id).resources).toMatchObject({ orphans: ["ConfigMap/shop/b"] });
    world.cluster.repositories.edit(id, { prune: true });
    await world.clock.settle();
    expect(world.cluster.removals).toHaveLength(1);
    expect(world.status(id).resources).toMatchObject({ orphanCount: 0 });
  });

  test("after a restart: the orphan is found and deleted", async () => {
    const { world } = await begin(
      { "a.yaml": A, "s.yaml": of("v1", "Secret", "s") },
      { prune: false },
    );
    world.supervisor().stop();
    world.git.commit(URL, { "a.yaml": A });
    await world.restart();
    const id = {
      namespace: "shop",
      name: "my-app",
      uid: world.cluster.repositories.written[0]?.id.uid ?? "",
    };
    expect(world.status(id).resources).toMatchObject({ orphans: ["Secret/shop/s"] });
    world.cluster.repositories.edit(id, { prune: true });
    await world.restart();
    expect(world.cluster.read("Secret/shop/s")).toBeUndefined();
  });

  test("a copy by hand with our labels: left alone, and named", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B });
    const { labels } = ownerMarks({ namespace: "shop", name: "my-app" }, sha256);
    const metadata = { name: "copy", namespace: "shop", labels };
    world.cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata }, "kubectl");
    await push(world, { "a.yaml": A });
    expect(world.cluster.read("ConfigMap/shop/copy")).toBeDefined();
    expect(world.cluster.removals).toHaveLength(1);
    expect(world.ready(id)).toMatch(/^True .*not applied by it: ConfigMap\/shop\/copy/);
  });

  test.each(["in Git", "live", "in Git, and taken off by hand"])(
    "nopea.io/prune: disabled %s: kept, and listed",
    async where => {
      const annotations = where === "live" ? {} : { "nopea.io/prune": "disabled" };
      const b = of("v1", "ConfigMap", "b", { annotations });
      const { world, id } = await begin({ "a.yaml": A, "b.yaml": b }, { healPolicy: "manual" });
      if (where === "live") {
        world.cluster.edit("ConfigMap/shop/b", {
          metadata: { annotations: { "nopea.io/prune": "disabled" } },
        });
      } else if (where !== "in Git")
        world.cluster.strip("ConfigMap/shop/b", "annotations/nopea.io~1prune");
      await push(world, { "a.yaml": A });
      expect(world.cluster.removals).toEqual([]);
      expect(world.status(id).resources).toMatchObject({ orphans: ["ConfigMap/shop/b"] });
    },
  );

  test("suspended by hand: pending; the annotation goes: deleted at once", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B });
    world.cluster.edit("ConfigMap/shop/b", {
      metadata: { annotations: { "nopea.io/suspend-heal": "true" } },
    });
    const commit = await push(world, { "a.yaml": A });
    expect(world.status(id)).toMatchObject({
      phase: "Synced",
      pending: [{ object: "ConfigMap/shop/b", commit, because: "suspended" }],
      suspended: [{ object: "ConfigMap/shop/b" }],
    });
    world.cluster.strip("ConfigMap/shop/b", "annotations/nopea.io~1suspend-heal");
    await world.clock.settle();
    expect(world.cluster.read("ConfigMap/shop/b")).toBeUndefined();
    expect(world.status(id).pending).toBeUndefined();
  });

  test("suspended until a time: deleted when that has come", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B });
    world.cluster.edit("ConfigMap/shop/b", {
      metadata: { annotations: { "nopea.io/suspend-heal": "1m" } },
    });
    await push(world, { "a.yaml": A });
    await world.clock.advance(50 * SECOND);
    expect(world.cluster.removals).toEqual([]);
    await world.clock.advance(15 * SECOND);
    expect(world.cluster.read("ConfigMap/shop/b")).toBeUndefined();
  });

  test.each(["git", "live"])("edited by hand, conflictPolicy %s", async conflictPolicy => {
    const b = configMap("b", { k: "1" });
    const { world, id } = await begin(
      { "a.yaml": A, "b.yaml": b },
      { healPolicy: "manual", conflictPolicy },
    );
    world.cluster.edit("ConfigMap/shop/b", { data: { k: "by hand" } });
    await world.clock.settle();
    const commit = await push(world, { "a.yaml": A });
    if (conflictPolicy === "git") {
      expect(world.cluster.removals).toHaveLength(1);
      return;
    }
    expect(world.cluster.removals).toEqual([]);
    const pending = [{ object: "ConfigMap/shop/b", commit, because: "held" }];
    expect(world.status(id)).toMatchObject({ phase: "Synced", pending });
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.status(id)).toMatchObject({ pending });
    world.cluster.repositories.edit(id, { conflictPolicy: "git" });
    await world.clock.settle();
    expect(world.cluster.read("ConfigMap/shop/b")).toBeUndefined();
  });

  test("what takes its place is refused: kept until that is in", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B });
    world.cluster.refuse("ConfigMap/shop/c", { code: "object-refused", message: "no" });
    await push(world, { "a.yaml": A, "c.yaml": C });
    expect(world.status(id)).toMatchObject({
      phase: "Failed",
      resources: { orphans: ["ConfigMap/shop/b"] },
    });
    expect(world.cluster.removals).toEqual([]);
    world.cluster.refuse("ConfigMap/shop/c", undefined);
    await world.clock.advance(MINUTE);
    expect(world.status(id)).toMatchObject({ phase: "Synced", resources: { orphanCount: 0 } });
    expect(world.cluster.removals).toHaveLength(1);
  });

  test("nopea.io/prune: disabled is taken off: deleted at once", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B });
    const annotations = { "nopea.io/prune": "disabled" };
    world.cluster.edit("ConfigMap/shop/b", { metadata: { annotations } });
    await push(world, { "a.yaml": A });
    expect(world.cluster.removals).toEqual([]);
    world.cluster.strip("ConfigMap/shop/b", "annotations/nopea.io~1prune");
    await world.clock.settle();
    expect(world.cluster.read("ConfigMap/shop/b")).toBeUndefined();
  });

  test("a walk ends before it has written, and the orphan is told of meanwhile: it stays until everything is in", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B }, { interval: "1h" });
    world.cluster.fail("execute", new NopeaError("cluster-unreachable", "down"));
    const commit = world.git.commit(URL, { "a.yaml": A, "c.yaml": C });
    world.supervisor().push({ name: "my-app" }, { branch: "main", commit });
    await world.clock.settle();
    const annotations = { "nopea.io/suspend-heal": "no" };
    world.cluster.edit("ConfigMap/shop/b", { metadata: { annotations } });
    await world.clock.settle();
    expect(world.cluster.removals).toEqual([]);
    world.cluster.fail("execute", undefined);
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toHaveLength(1);
  });

  test("a commit that nobody can read: nothing is deleted", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B });
    await push(world, { "a.yaml": "{" });
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toEqual([]);
  });

  test("the API server refuses it: Failed by name, tried again with back-off, and Synced in the end", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B });
    world.cluster.refuse("ConfigMap/shop/b", {
      code: "object-forbidden",
      message: "may not delete",
    });
    await push(world, { "a.yaml": A });
    expect(world.ready(id)).toMatch(
      /^False Forbidden: no longer in Git: ConfigMap\/shop\/b: may not delete/,
    );
    await world.clock.advance(5 * MINUTE);
    expect(world.cluster.removals.length).toBeGreaterThan(3);
    expect(world.cluster.removals.length).toBeLessThanOrEqual(10);
    world.cluster.refuse("ConfigMap/shop/b", undefined);
    await world.clock.advance(MINUTE);
    expect(world.status(id)).toMatchObject({ phase: "Synced", resources: { orphanCount: 0 } });
  });

  test("it changes just before it goes: looked at once more, and deleted", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B });
    let times = 0;
    world.cluster.beforeApply = object => {
      if (object === "ConfigMap/shop/b" && times++ === 0)
        world.cluster.edit(object, { data: { hand: "1" } });
    };
    await push(world, { "a.yaml": A });
    expect(world.cluster.removals.map(({ result }) => result)).toEqual(["stale", "removed"]);
  });

  test("it is suspended just before it goes: it stays", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B });
    let times = 0;
    world.cluster.beforeApply = object => {
      const annotations = { "nopea.io/suspend-heal": "true" };
      if (object === "ConfigMap/shop/b" && times++ === 0)
        world.cluster.edit(object, { metadata: { annotations } });
    };
    await push(world, { "a.yaml": A });
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals.map(({ result }) => result)).toEqual(["stale"]);
    expect(world.cluster.read("ConfigMap/shop/b")).toBeDefined();
  });

  test("a finalizer keeps it: asked once, told, nobody waits; it is off: gone from the status", async () => {
    const b = of("v1", "ConfigMap", "b", { finalizers: ["example.com/hold"] });
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": b, "c.yaml": C });
    const commit = await push(world, { "a.yaml": A });
    expect(world.cluster.read("ConfigMap/shop/c")).toBeUndefined();
    expect(world.ready(id)).toMatch(/^True .*waiting for finalizers: ConfigMap\/shop\/b/);
    expect(world.status(id)).toMatchObject({
      lastSyncedCommit: commit,
      resources: { orphanCount: 0 },
    });
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toHaveLength(2);
    world.cluster.delete("ConfigMap/shop/b");
    await world.clock.settle();
    expect(world.ready(id)).not.toMatch(/finalizers/);
  });

  test("custom resources go before what serves them, and that waits for their finalizers", async () => {
    const widget = of("example.com/v1", "Widget", "w", { finalizers: ["example.com/hold"] });
    const operator = of("apps/v1", "Deployment", "operator");
    const files = { "d.yaml": DEFINITION, "w.yaml": widget, "o.yaml": operator, "b.yaml": B };
    const { world, id } = await begin({ "a.yaml": A, ...files });
    const commit = await push(world, { "a.yaml": A });
    expect(world.status(id).pending).toEqual([
      { object: WIDGETS, commit, because: "confirm-prune" },
    ]);
    expect(world.cluster.removals).toEqual([
      { object: "Widget.example.com/shop/w", result: "terminating" },
    ]);
    world.cluster.repositories.confirm(id, commit);
    await world.clock.settle();
    expect(world.cluster.removals).toHaveLength(1);
    world.cluster.delete("Widget.example.com/shop/w");
    await world.clock.settle();
    expect(world.cluster.removals.map(({ object }) => object)).toEqual([
      "Widget.example.com/shop/w",
      "Deployment.apps/shop/operator",
      "ConfigMap/shop/b",
      WIDGETS,
    ]);
    expect(world.status(id)).toMatchObject({ phase: "Synced", resources: { orphanCount: 0 } });
    expect(world.cluster.repositories.confirmationOf(id)).toBeUndefined();
    expect(world.status(id).pending).toBeUndefined();
  });

  test("a definition leaves Git while its custom resources stay: it stays, confirmed or not", async () => {
    const files = { "d.yaml": DEFINITION, "w.yaml": of("example.com/v1", "Widget", "w") };
    const { world, id } = await begin(files);
    const commit = await push(world, { "w.yaml": files["w.yaml"] });
    world.cluster.repositories.confirm(id, commit);
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toEqual([]);
    expect(world.status(id).resources).toMatchObject({ orphans: [WIDGETS] });
  });
});

describe("a confirmation", { timeout: 30_000 }, () => {
  test.each<[string, string, string]>([
    ["a Namespace", of("v1", "Namespace", "extra"), "Namespace/extra"],
    ["a definition", DEFINITION, WIDGETS],
  ])(
    "%s: pending until the commit is confirmed; another one confirms nothing",
    async (_, text, object) => {
      const { world, id } = await begin({ "a.yaml": A, "b.yaml": B, "x.yaml": text });
      const commit = await push(world, { "a.yaml": A });
      expect(world.cluster.removals).toEqual([{ object: "ConfigMap/shop/b", result: "removed" }]);
      expect(world.status(id)).toMatchObject({
        phase: "Synced",
        lastSyncedCommit: commit,
        pending: [{ object, commit, because: "confirm-prune" }],
        resources: { orphans: [object] },
      });
      expect(world.ready(id)).toContain(`nopea.io/confirm-prune=${commit}`);
      world.cluster.repositories.confirm(id, "1".repeat(40));
      await world.clock.advance(MINUTE);
      expect(world.cluster.removals).toHaveLength(1);
      // it stays confirmed by the commit that it was told with
      await push(world, { "a.yaml": configMap("a", { k: "2" }) });
      expect(world.status(id).pending).toEqual([{ object, commit, because: "confirm-prune" }]);
      world.cluster.repositories.confirm(id, commit);
      await world.clock.settle();
      expect(world.cluster.read(object)).toBeUndefined();
      expect(world.status(id).pending).toBeUndefined();
      expect(world.status(id).resources).toMatchObject({ orphanCount: 0 });
    },
  );

  test("everything leaves Git: pending as a whole, also after a restart; confirmed: deleted, and it confirms nothing else", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 25 }, (_, n) => [`${n}.yaml`, configMap(`m${n}`)]),
    );
    const { world, id } = await begin(many);
    const commit = await push(world, { "a.yaml": A, "b.yaml": B });
    expect(world.status(id)).toMatchObject({
      phase: "Synced",
      resources: { total: 2, orphanCount: 25 },
    });
    expect(world.status(id).pending).toHaveLength(20);
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toEqual([]);
    world.cluster.repositories.confirm(id, commit);
    await world.clock.settle();
    expect(world.cluster.removals).toHaveLength(25);
    expect(world.status(id).pending).toBeUndefined();
    expect(world.cluster.repositories.confirmationOf(id)).toBeUndefined();
    // and that is over: what leaves Git from now on is judged anew
    await push(world, { "a.yaml": A });
    expect(world.cluster.removals.at(-1)).toEqual({
      object: "ConfigMap/shop/b",
      result: "removed",
    });
  });

  test.each<Spec>([{ targetNamespace: "other" }, { path: "elsewhere" }])(
    "%o orphans everything at the same commit: pending, and what was confirmed before does not count",
    async spec => {
      const { world, id, commit } = await begin(
        { "a.yaml": A, "elsewhere/c.yaml": C },
        { path: "/" },
      );
      namespace(world.cluster, "other");
      world.cluster.repositories.confirm(id, commit);
      await world.clock.settle();
      await world.clock.advance(10 * SECOND);
      world.cluster.repositories.edit(id, spec);
      await world.clock.advance(10 * SECOND);
      const isMoved = "targetNamespace" in spec;
      if (!isMoved) {
        expect(world.cluster.removals).toHaveLength(1);
        return;
      }
      expect(world.cluster.removals).toEqual([]);
      expect(world.status(id).pending).toHaveLength(2);
    },
  );

  test("the process ends between the first new object and the status: still pending", async () => {
    const { world, id } = await begin({ "a.yaml": A });
    world.cluster.beforeApply = object => {
      if (object === "ConfigMap/shop/c") world.cluster.fail("status", new Error("down"));
    };
    await push(world, { "b.yaml": B, "c.yaml": C });
    world.cluster.fail("status", undefined);
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.cluster.removals).toEqual([]);
    expect(world.status(id).pending).toMatchObject([{ object: "ConfigMap/shop/a" }]);
  });

  test("Git takes everything back: nothing is pending, and nothing was deleted", async () => {
    const { world, id } = await begin({ "a.yaml": A });
    await push(world, { "b.yaml": B });
    await push(world, { "a.yaml": A, "b.yaml": B });
    expect(world.status(id).pending).toBeUndefined();
    expect(world.cluster.removals).toEqual([]);
    // and b alone may go, since a stays
    await push(world, { "a.yaml": A });
    expect(world.cluster.removals).toEqual([{ object: "ConfigMap/shop/b", result: "removed" }]);
  });
});
