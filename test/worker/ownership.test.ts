/** Whose objects are: what is ours, what others keep, what is taken over, and what moves under our hands. */
import { describe, expect, test } from "vitest";
import { ownerMarks } from "../../src/model/ownership";
import type { Manifest } from "../../src/model/manifest";
import { sha256 } from "../../src/adapters/sha256";
import { configMap, createFakeWorld, namespace, URL } from "../support/fake-world";

const SECOND = 1_000;
const MINUTE = 60_000;
const A = "ConfigMap/shop/a";

/** ConfigMap shop/a as somebody else makes it. */
function a(
  data: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Manifest {
  const metadata = { name: "a", namespace: "shop", labels };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

/** ConfigMap shop/a as another GitRepository makes it. */
function applyAs(
  world: ReturnType<typeof createFakeWorld>,
  name: string,
  data: Readonly<Record<string, string>>,
) {
  const marks = ownerMarks({ namespace: "team", name }, sha256);
  world.cluster.apply(a(data, marks.labels), marks.fieldManager);
}

describe("nobody's objects", { timeout: 30_000 }, () => {
  test("made by kubectl with the same content: adopted by one unforced write, and shown", async () => {
    const world = createFakeWorld();
    world.cluster.apply(a({ k: "1" }), "kubectl");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    expect(world.cluster.writes).toMatchObject([{ object: A, force: false, result: "applied" }]);
    expect(world.ready(id)).toContain(`Adopted ${A}`);
    await world.clock.advance(MINUTE);
    expect(world.cluster.writes.length).toBe(1);
  });

  test("made by kubectl with other content: asked first, then forced exactly once", async () => {
    const world = createFakeWorld();
    world.cluster.apply(a({ k: "0", extra: "kept" }), "kubectl");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    expect(world.cluster.writes).toMatchObject([
      { object: A, force: false, result: "contested" },
      { object: A, force: true, result: "applied" },
    ]);
    expect(world.cluster.read(A)).toMatchObject({ data: { k: "1", extra: "kept" } });
    expect(world.ready(id)).toMatch(/^True Synced: .*Adopted/);
    await world.clock.advance(MINUTE);
    expect(world.cluster.writes.length).toBe(2);
  });

  test("a copy by hand of one of ours, labels and all: not taken for ours, but adopted", async () => {
    const world = createFakeWorld();
    const { labels } = ownerMarks({ namespace: "shop", name: "my-app" }, sha256);
    world.cluster.apply(a({ k: "1" }, labels), "kubectl");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    expect(world.ready(id)).toContain(`Adopted ${A}`);
  });

  test("a copy by hand under another name: no orphan of ours", async () => {
    const world = createFakeWorld();
    const { labels } = ownerMarks({ namespace: "shop", name: "my-app" }, sha256);
    const copy = a({ k: "1" }, labels);
    world.cluster.apply({ ...copy, metadata: { ...copy.metadata, name: "copy" } }, "kubectl");
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create();
    expect(world.status(id).resources).toMatchObject({ total: 1, orphanCount: 0 });
  });

  test("made by somebody between look and write: asked first all the same, then adopted", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    let once = true;
    world.cluster.beforeApply = () => {
      if (once) world.cluster.apply(a({ k: "0" }), "kubectl");
      once = false;
    };
    const id = await world.create();
    expect(world.cluster.writes.map(({ force, result }) => [force, result])).toEqual([
      [false, "contested"],
      [true, "applied"],
    ]);
    expect(world.ready(id)).toContain(`Adopted ${A}`);
  });
});

describe("another repository's objects", { timeout: 30_000 }, () => {
  test("its owner exists: refused without a write, the owner is named, the others are applied", async () => {
    const world = createFakeWorld();
    world.cluster.repositories.create("team", "other", { suspend: true });
    applyAs(world, "other", { k: "0" });
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }), "b.yaml": configMap("b") });
    const id = await world.create();
    expect(world.ready(id)).toMatch(/^False OwnedByAnotherRepository: .*GitRepository team\/other/);
    expect(world.cluster.writes.map(({ object }) => object)).toEqual(["ConfigMap/shop/b"]);
    await world.clock.advance(5 * MINUTE);
    expect(world.cluster.read(A)).toMatchObject({ data: { k: "0" } });
  });

  test("its owner is deleted: taken over at the next try", async () => {
    const world = createFakeWorld();
    const other = world.cluster.repositories.create("team", "other", { suspend: true });
    applyAs(world, "other", { k: "0" });
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    world.cluster.repositories.delete(other);
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.read(A)).toMatchObject({ data: { k: "1" } });
    expect(world.status(id).phase).toBe("Synced");
  });

  test("taken over, and the old owner comes back: it stays with who has it now", async () => {
    const world = createFakeWorld();
    applyAs(world, "other", { k: "0", same: "x" });
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1", same: "x" }) });
    const id = await world.create();
    expect(world.cluster.live(A)?.managers.map(({ manager }) => manager)).toContain(
      "nopea:team/other",
    );
    namespace(world.cluster, "team");
    world.git.create("https://git.example.com/other.git");
    world.git.commit("https://git.example.com/other.git", {
      "a.yaml": JSON.stringify(a({ k: "0", same: "x" })),
    });
    const other = await world.create({ url: "https://git.example.com/other.git" }, "other", "team");
    expect(world.ready(other)).toContain("GitRepository shop/my-app manages");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "2", same: "x" }) });
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
    expect(world.cluster.read(A)).toMatchObject({ data: { k: "2" } });
  });

  test("its labels were stripped by hand: its field manager still tells whose it is", async () => {
    const world = createFakeWorld();
    world.cluster.repositories.create("team", "other", { suspend: true });
    applyAs(world, "other", { k: "0" });
    world.cluster.strip(A, "labels/nopea.io~1repository");
    world.cluster.strip(A, "labels/nopea.io~1repository-namespace");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    expect(world.ready(id)).toContain("False OwnedByAnotherRepository");
    expect(world.cluster.writes).toEqual([]);
  });

  test("names too long for a field manager, labels stripped: still the other's", async () => {
    const world = createFakeWorld();
    const other = { namespace: "n".repeat(63), name: "x".repeat(63) };
    const marks = ownerMarks(other, sha256);
    world.cluster.repositories.create(other.namespace, other.name, { suspend: true });
    world.cluster.apply(a({ k: "0" }), marks.fieldManager);
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    expect(world.ready(id)).toContain("False OwnedByAnotherRepository");
  });

  test("two repositories declare one object: the first keeps it, for ever", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const first = await world.create();
    world.git.create("https://git.example.com/second.git");
    world.git.commit("https://git.example.com/second.git", {
      "a.yaml": configMap("a", { k: "2" }),
    });
    const second = await world.create({ url: "https://git.example.com/second.git" }, "second");
    await world.clock.advance(5 * MINUTE);
    expect(world.status(first).phase).toBe("Synced");
    expect(world.ready(second)).toContain("GitRepository shop/my-app manages");
    expect(world.cluster.writes.length).toBe(1);
  });
});

describe("our objects", { timeout: 30_000 }, () => {
  test("our labels were taken off: put back by one write", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    world.cluster.strip(A, "labels/nopea.io~1repository");
    world.cluster.repositories.syncAt(id, "now");
    await world.clock.settle();
    expect(world.cluster.live(A)?.labels).toMatchObject({ "nopea.io/repository": "my-app" });
    expect(world.cluster.writes.length).toBe(2);
  });

  test("changed by somebody between look and write: looked at and decided again, at once", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    let times = 2;
    world.cluster.beforeApply = () => {
      if (times-- > 0) world.cluster.edit(A, { data: { mine: `${times}` } });
    };
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.writes.slice(1).map(({ result }) => result)).toEqual([
      "stale",
      "stale",
      "applied",
    ]);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("suspended by somebody between look and write: not written", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    const commit = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    world.cluster.beforeApply = () =>
      world.cluster.edit(A, { metadata: { annotations: { "nopea.io/suspend-heal": "true" } } });
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.read(A)).toMatchObject({ data: { k: "1" } });
    expect(world.status(id).pending).toEqual([{ object: A, commit, because: "suspended" }]);
  });

  test("deleted by somebody between look and write: made anew, never by an update", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    await world.create();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    let once = true;
    world.cluster.beforeApply = () => {
      if (once) world.cluster.delete(A);
      once = false;
    };
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.writes.slice(1).map(({ force, result }) => [force, result])).toEqual([
      [true, "stale"],
      [false, "applied"],
    ]);
  });

  test("changed at every single write: given up for now, told, and tried again with back-off", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }), "b.yaml": configMap("b") });
    const id = await world.create();
    world.git.commit(URL, {
      "a.yaml": configMap("a", { k: "2" }),
      "b.yaml": configMap("b", { k: "2" }),
    });
    let count = 0;
    world.cluster.beforeApply = object => {
      if (object === A) world.cluster.edit(A, { data: { mine: `${count++}` } });
    };
    await world.clock.advance(5 * SECOND);
    expect(world.ready(id)).toContain("False ObjectContested");
    expect(world.cluster.read("ConfigMap/shop/b")).toMatchObject({ data: { k: "2" } });
    await world.clock.advance(5 * MINUTE);
    expect(count).toBeLessThanOrEqual(50);
    world.cluster.beforeApply = () => undefined;
    await world.clock.advance(MINUTE);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("suspended by hand: what a commit wants is pending, the rest lands, the commit counts as in", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }), "b.yaml": configMap("b") });
    const id = await world.create();
    world.cluster.edit(A, { metadata: { annotations: { "nopea.io/suspend-heal": "4h" } } });
    const commit = world.git.commit(URL, {
      "a.yaml": configMap("a", { k: "2" }),
      "b.yaml": configMap("b", { k: "2" }),
    });
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.read(A)).toMatchObject({ data: { k: "1" } });
    expect(world.cluster.read("ConfigMap/shop/b")).toMatchObject({ data: { k: "2" } });
    expect(world.status(id)).toMatchObject({
      phase: "Synced",
      lastSyncedCommit: commit,
      pending: [{ object: A, commit, because: "suspended" }],
    });
  });

  test("suspended by hand and as Git wants it: nothing is pending", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    const id = await world.create();
    world.cluster.edit(A, { metadata: { annotations: { "nopea.io/suspend-heal": "true" } } });
    world.cluster.repositories.syncAt(id, "now");
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastHandledSyncAt: "now" });
    expect(world.status(id).pending).toBeUndefined();
  });

  test("no longer in Git: kept, and reported as orphaned until it is gone", async () => {
    const world = createFakeWorld();
    const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } });
    world.git.commit(URL, { "a.yaml": configMap("a"), "s.yaml": secret });
    const id = await world.create();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    await world.clock.advance(5 * SECOND);
    expect(world.cluster.read("Secret/shop/s")).toBeDefined();
    expect(world.status(id).resources).toEqual({
      total: 1,
      kinds: ["v1/ConfigMap", "v1/Secret"],
      orphanCount: 1,
      orphans: ["Secret/shop/s"],
    });
    world.cluster.delete("Secret/shop/s");
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).resources).toMatchObject({ kinds: ["v1/ConfigMap"], orphanCount: 0 });
  });
});

describe("kinds in the status", { timeout: 30_000 }, () => {
  test("before the first object of a new kind is written, the server knows of the kind", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const kindsAtWrite: string[] = [];
    const known = () =>
      world.cluster.repositories.written.at(-1)?.status.resources?.kinds.join() ?? "";
    world.cluster.beforeApply = () => void kindsAtWrite.push(known());
    await world.create();
    const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } });
    world.git.commit(URL, { "a.yaml": configMap("a"), "s.yaml": secret });
    await world.clock.advance(5 * SECOND);
    expect(kindsAtWrite).toEqual(["v1/ConfigMap", "v1/ConfigMap,v1/Secret"]);
  });

  test("while the status cannot be written: no object of a new kind is", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.cluster.fail("status", new Error("no"));
    const id = await world.create({ timeout: "10s" });
    await world.clock.advance(5 * MINUTE);
    expect(world.cluster.writes).toEqual([]);
    world.cluster.fail("status", undefined);
    await world.clock.advance(30 * SECOND);
    expect(world.cluster.writes.length).toBe(1);
    expect(world.status(id)).toMatchObject({ phase: "Synced" });
  });

  test("a definition and an object of it in one commit: in, in this order, in one sync", async () => {
    const world = createFakeWorld();
    const names = { kind: "Widget", plural: "widgets" };
    const versions = [{ name: "v1", served: true, storage: true }];
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.example.com" },
      spec: { group: "example.com", scope: "Namespaced", names, versions },
    };
    const widget = {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w", namespace: "new" },
    };
    const made = { apiVersion: "v1", kind: "Namespace", metadata: { name: "new" } };
    world.git.commit(URL, {
      "1.json": JSON.stringify(widget),
      "2.json": JSON.stringify(definition),
      "3.json": JSON.stringify(made),
    });
    const id = await world.create();
    expect(world.status(id).phase).toBe("Synced");
    expect(world.metrics).toMatchObject({ synced: 1, failed: 0 });
    expect(world.cluster.writes.at(-1)?.object).toBe("Widget.example.com/new/w");
  });
});
