/** What is told outside: each thing once, whoever looks how often, and after a restart too. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import type { Happening } from "../../src/model/happening";
import { formatKey } from "../../src/model/object-key";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import { configMap, createFakeWorld, URL, type FakeWorld } from "../support/fake-world";
import { handWith, seen, stampOf } from "../support/sealed";
import { A, B, begin, push } from "../support/prune-world";

const SECOND = 1_000;
const MINUTE = 60_000;
const SUSPEND = "nopea.io/suspend-heal";
const options = { timeout: 30_000 };

/** In a few words each. */
function told({ happenings }: FakeWorld): readonly string[] {
  return happenings.map(wordsOf);
}

function wordsOf(happening: Happening): string {
  switch (happening.what) {
    case "synced":
      return happening.previous === undefined
        ? "synced first"
        : `synced ${happening.previous === happening.commit ? "again" : "next"}`;
    case "failed":
      return `failed ${happening.reason}`;
    case "drift": {
      const { before, episode } = happening;
      return `drift ${before?.decision ?? "-"} ${episode.decision}`;
    }
    case "suspended":
    case "resumed":
    case "autoscaled":
      return `${happening.what} ${formatKey(happening.object.key)}`;
    case "pruned":
    case "orphaned":
      return `${happening.what} ${happening.objects.map(({ key }) => formatKey(key)).join()}`;
    case "rests":
    case "goes-on":
    case "removed":
      return happening.what;
  }
}

/** Polls, nudges and two restarts. */
async function disturb(world: FakeWorld): Promise<void> {
  await world.clock.advance(5 * MINUTE);
  world.supervisor().nudgeAll();
  await world.restart();
  await world.clock.advance(MINUTE);
  await world.restart();
  await world.clock.advance(MINUTE);
}

describe("a sync", options, () => {
  test("the first, and each new commit: once", async () => {
    const world = createFakeWorld();
    const first = world.git.commit(URL, { "a.yaml": configMap("a", { k: "1" }) });
    await world.create();
    await disturb(world);
    const second = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    await disturb(world);
    expect(told(world)).toEqual(["synced first", "synced next"]);
    expect(world.happenings).toMatchObject([
      { commit: first, total: 1, created: 1, updated: 0 },
      { commit: second, previous: first, total: 1, created: 0, updated: 1 },
    ]);
  });

  test("a failure: once, however often it is tried; another cause: once more; then the commit", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": "{" });
    await world.create();
    await disturb(world);
    world.git.fail(URL, new NopeaError("git-unreachable", "no route"));
    await disturb(world);
    world.git.fail(URL, undefined);
    world.git.commit(URL, { "a.yaml": configMap("a") });
    await disturb(world);
    expect(told(world)).toEqual([
      "failed InvalidManifests",
      "failed GitUnreachable",
      "synced first",
    ]);
  });

  test("a failure of a commit that is in is over: told, and it is no new commit", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    await world.create();
    world.git.fail(URL, new NopeaError("git-unreachable", "no route"));
    await disturb(world);
    world.git.fail(URL, undefined);
    await disturb(world);
    expect(told(world)).toEqual(["synced first", "failed GitUnreachable", "synced again"]);
  });

  test("the status cannot be written: not told before it can, since a restart would tell it again", async () => {
    const world = await createDriftWorld();
    world.cluster.fail("status", new Error("no"));
    await world.push({ k: "next" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "next" });
    expect(told(world)).toEqual(["synced first"]);
    world.cluster.fail("status", undefined);
    await world.clock.advance(MINUTE);
    expect(told(world)).toEqual(["synced first", "synced next"]);
  });

  test("spec.suspend: told when it begins and when it ends", async () => {
    const world = await createDriftWorld();
    world.cluster.repositories.edit(world.id, { suspend: true });
    await disturb(world);
    world.cluster.repositories.edit(world.id, { suspend: false });
    await disturb(world);
    expect(told(world)).toEqual(["synced first", "rests", "goes-on"]);
  });
});

describe("an edit by hand", options, () => {
  test("healed at once: detected, and healed", async () => {
    const world = await createDriftWorld();
    await world.hand({ k: "hand" });
    await disturb(world);
    expect(told(world)).toEqual(["synced first", "drift - waiting", "drift waiting healed"]);
    const [, detected, healed] = world.happenings;
    expect(detected).toMatchObject({
      episode: { key: { name: "a" }, edits: [{ changes: [{ path: "data.k" }] }] },
    });
    expect(healed?.what === "drift" && healed.episode.record).toBe(
      detected?.what === "drift" && detected.episode.record,
    );
  });

  test("left by the policy: once", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    await world.hand({ k: "hand" });
    await disturb(world);
    expect(told(world)).toEqual(["synced first", "drift - left"]);
  });

  test("within a grace period, then suspended, then undone: each step once", async () => {
    const world = await createDriftWorld({ healGracePeriod: "10m" });
    await world.hand({ k: "hand" });
    await world.annotate({ [SUSPEND]: "true" });
    await disturb(world);
    await world.hand({ k: "git" });
    await disturb(world);
    expect(told(world)).toEqual([
      "synced first",
      "drift - waiting",
      "drift waiting suspended",
      `suspended ${OBJECT}`,
      "drift suspended undone",
    ]);
  });

  test("the record cannot be written: not told before it can", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    world.records.fail("*", new Error("no"));
    await world.hand({ k: "hand" });
    await world.clock.advance(MINUTE);
    expect(told(world)).toEqual(["synced first"]);
    world.records.fail("*", undefined);
    await world.clock.advance(MINUTE);
    expect(told(world)).toEqual(["synced first", "drift - left"]);
  });

  test("two people, one after the other, while no record can be written: each is told with the own name", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    const change = (to: string) => ({ path: "data.k", from: "git", to });
    world.records.fail("*", new Error("no"));
    const first = seen(world, "alice", [change("one")]);
    await handWith(world, { k: "one" }, stampOf(world, [first]));
    await world.clock.advance(2 * SECOND);
    const second = seen(world, "bob", [change("two")]);
    await handWith(world, { k: "two" }, stampOf(world, [first, second]));
    world.records.fail("*", undefined);
    await world.clock.advance(MINUTE);
    const names = world.happenings.flatMap(one =>
      one.what === "drift" ? [one.episode.edits.at(-1)?.by] : [],
    );
    expect(names).toEqual(["alice", "bob"]);
  });

  test("hundreds at once: each is told, though only the newest records are kept", async () => {
    const world = createFakeWorld();
    const names = Array.from({ length: 200 }, (_, at) => `c${at}`);
    const file = (name: string) => [`${name}.yaml`, configMap(name, { k: "git" })] as const;
    world.git.commit(URL, Object.fromEntries(names.map(file)));
    await world.create();
    for (const name of names) world.cluster.edit(`ConfigMap/shop/${name}`, { data: { k: "hand" } });
    await disturb(world);
    const drift = world.happenings.flatMap(one => (one.what === "drift" ? [one.episode] : []));
    const healed = drift.filter(({ decision }) => decision === "healed");
    expect(new Set(healed.map(({ key }) => key.name)).size).toBe(200);
    expect(healed).toHaveLength(200);
    expect(drift).toHaveLength(400);
  });
});

describe("what stands", options, () => {
  test("an object is suspended, suspended anew, and resumed: each once", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "true" });
    await disturb(world);
    world.cluster.strip(OBJECT, "annotations/nopea.io~1suspend-heal");
    await disturb(world);
    expect(told(world)).toEqual(["synced first", `suspended ${OBJECT}`, `resumed ${OBJECT}`]);
    expect(world.happenings[1]).toMatchObject({ object: { apiVersion: "v1" } });
    expect(world.happenings[1]).not.toMatchObject({ object: { uid: "" } });
  });

  test("a timed suspension ends by itself: resumed", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "2m" });
    await world.clock.advance(MINUTE);
    expect(told(world)).toEqual(["synced first", `suspended ${OBJECT}`]);
    await disturb(world);
    expect(told(world)).toEqual(["synced first", `suspended ${OBJECT}`, `resumed ${OBJECT}`]);
  });

  test("an object leaves Git: orphaned once; with prune: pruned once", async () => {
    const { world, id } = await begin({ "a.yaml": A, "b.yaml": B }, { prune: false });
    await push(world, { "a.yaml": A });
    await disturb(world);
    world.cluster.repositories.edit(id, { prune: true });
    await disturb(world);
    expect(told(world)).toEqual([
      "synced first",
      "synced next",
      "orphaned ConfigMap/shop/b",
      "pruned ConfigMap/shop/b",
    ]);
  });

  test("deleted with deletionPolicy Delete: removed; with Retain: nothing", async () => {
    for (const deletionPolicy of ["Delete", "Retain"]) {
      const { world, id } = await begin({ "a.yaml": A }, { deletionPolicy });
      world.cluster.repositories.delete(id);
      await world.clock.advance(MINUTE);
      const pruned = deletionPolicy === "Delete" ? ["removed"] : [];
      expect(told(world)).toEqual(["synced first", ...pruned]);
    }
  });
});

test("deleted with deletionPolicy Delete, while something keeps its objects: they are not said to be gone", async () => {
  const retained = await begin({ "a.yaml": A }, { deletionPolicy: "Delete" });
  retained.world.cluster.repositories.edit(retained.id, { suspend: true });
  retained.world.cluster.repositories.delete(retained.id);
  await retained.world.clock.advance(MINUTE);
  expect(retained.world.cluster.repositories.exists(retained.id)).toBe(false);
  expect(told(retained.world)).not.toContain("removed");
  const held = JSON.stringify({
    ...{ apiVersion: "v1", kind: "ConfigMap" },
    metadata: { name: "b", finalizers: ["example.com/hold"] },
  });
  const { world, id } = await begin({ "b.yaml": held }, { deletionPolicy: "Delete" });
  world.cluster.repositories.delete(id);
  await world.clock.advance(5 * MINUTE);
  expect(world.cluster.repositories.exists(id)).toBe(false);
  expect(told(world)).not.toContain("removed");
});

test("whose it is comes with it", async () => {
  const world = createFakeWorld(fake => ({
    ...fake,
    notifier: { tell: (_, about) => void seen.push(about) },
  }));
  const seen: unknown[] = [];
  world.git.commit(URL, { "a.yaml": configMap("a") });
  const id = await world.create({
    healPolicy: "notify",
    notify: { secretRef: { name: "chat" } },
    path: "",
  });
  expect(seen).toEqual([
    {
      ...{ id, url: URL, branch: "main", path: "" },
      ...{ healPolicy: "notify", notify: { secretName: "chat" } },
    },
  ]);
  await world.clock.advance(SECOND);
});
