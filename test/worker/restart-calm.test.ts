/** What stays quiet: a restart without drift, fields that are left to others, work that has ended. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const MINUTE = 60_000;
const options = { timeout: 30_000 };

describe("a restart with empty memory", options, () => {
  test("all is as Git declares: no write, no dry run, no record", async () => {
    const world = await createDriftWorld();
    const before = world.cluster.requests.length;
    await world.restart();
    await world.clock.advance(10 * MINUTE);
    const since = world.cluster.requests.slice(before);
    expect(since.filter(verb => verb === "execute" || verb === "rehearse")).toEqual([]);
    expect(world.episodes()).toEqual([]);
  });

  test("Git changed while nopea was away: a change of Git, no drift", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    world.supervisor().stop();
    await world.clock.settle();
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "new" }) });
    await world.restart();
    expect(world.data()).toEqual({ k: "new" });
    expect(world.episodes()).toEqual([]);
  });

  test("Git and a hand changed different fields while nopea was away: told apart", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" }, { k: "git", l: "git" });
    world.supervisor().stop();
    await world.clock.settle();
    world.cluster.edit(OBJECT, { data: { l: "hand" } });
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "new", l: "git" }) });
    await world.restart();
    expect(world.data()).toEqual({ k: "new", l: "hand" });
    expect(world.open()).toEqual(["left data.l"]);
  });

  test("the same, and the dry run is refused for a moment: told apart by what Git declared", async () => {
    const world = await createDriftWorld({ healGracePeriod: "6h" }, { k: "git", l: "git" });
    world.supervisor().stop();
    await world.clock.settle();
    world.cluster.edit(OBJECT, { data: { l: "hand" } });
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "new", l: "git" }) });
    world.cluster.refuse(OBJECT, { code: "object-forbidden", message: "RBAC is not there yet" });
    world.cluster.beforeApply = () => world.cluster.refuse(OBJECT, undefined);
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "new", l: "hand" });
    expect(world.open()).toEqual(["waiting data.l"]);
    expect(world.episodes()[0]?.edits).toMatchObject([{ changes: [{ path: "data.l" }] }]);
  });

  test("an open episode whose edit was undone meanwhile: undone", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    await world.hand({ k: "hand" });
    world.supervisor().stop();
    await world.clock.settle();
    world.cluster.edit(OBJECT, { data: { k: "git" } });
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.open()).toEqual([]);
    expect(world.closed()).toEqual(["undone"]);
  });

  test("an open episode, and the process ends after it applied what the hand had set: committed", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    await world.hand({ k: "hand" });
    world.records.fail("*", new Error("the process has ended"));
    await world.push({ k: "hand" });
    world.supervisor().stop();
    await world.clock.settle();
    world.records.fail("*", undefined);
    expect(world.open()).toEqual(["left data.k"]);
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.open()).toEqual([]);
    expect(world.closed()).toEqual(["committed"]);
  });
});

describe("nopea.io/ignore", options, () => {
  const ignore = { "nopea.io/ignore": "data.k" };

  test("set when the object is made, then left to others: edits, commits and restarts do not matter", async () => {
    const world = await createDriftWorld();
    await world.push({ k: "git", l: "git" }, ignore);
    await world.hand({ k: "theirs" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "theirs", l: "git" });
    await world.push({ k: "newer", l: "newer" }, ignore);
    expect(world.data()).toEqual({ k: "theirs", l: "newer" });
    await world.restart();
    await world.push({ k: "newest", l: "newest" }, ignore);
    expect(world.data()).toEqual({ k: "theirs", l: "newest" });
    expect(world.episodes()).toEqual([]);
    expect(world.current()).toMatchObject({ phase: "Synced", driftCount: 0 });
  });

  test("another field of the object: healed, and the one that is ignored stays as it is", async () => {
    const world = await createDriftWorld();
    await world.push({ k: "git", l: "git" }, ignore);
    await world.hand({ k: "theirs", l: "hand" });
    expect(world.data()).toEqual({ k: "theirs", l: "git" });
    expect(world.closed()).toEqual(["healed"]);
  });

  test("made anew after a deletion: Git's value is set", async () => {
    const world = await createDriftWorld();
    await world.push({ k: "git" }, ignore);
    await world.hand({ k: "theirs" });
    world.cluster.delete(OBJECT);
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "git" });
  });
});

describe("a Job that is removed by itself when it has ended", options, () => {
  const JOB = "Job.batch/shop/j";
  const type = { apiVersion: "batch/v1", kind: "Job" };
  const job = (image: string) => ({
    "j.json": JSON.stringify({
      ...type,
      metadata: { name: "j" },
      spec: { ttlSecondsAfterFinished: 60, image },
    }),
  });
  const given = async () => {
    const world = createFakeWorld();
    world.cluster.serve({ ...type, plural: "jobs", namespaced: true });
    world.git.commit(URL, job("one"));
    return { world, id: await world.create() };
  };
  const end = { status: { conditions: [{ type: "Complete", status: "True" }] } };

  test("ended and gone: not run again, not even after a restart; run again when Git changes it", async () => {
    const { world, id } = await given();
    world.cluster.edit(JOB, end, "job-controller");
    world.cluster.delete(JOB);
    await world.clock.advance(MINUTE);
    await world.restart();
    await world.clock.advance(10 * MINUTE);
    expect(world.cluster.read(JOB)).toBeUndefined();
    expect(world.status(id)).toMatchObject({ phase: "Synced", driftCount: 0 });
    expect(world.records.held(id)).toEqual([]);
    world.git.commit(URL, job("two"));
    await world.clock.advance(MINUTE);
    expect(world.cluster.read(JOB)).toMatchObject({ spec: { image: "two" } });
  });

  test("gone before it ended: deleted by hand, made anew", async () => {
    const { world, id } = await given();
    world.cluster.delete(JOB);
    await world.clock.settle();
    expect(world.cluster.read(JOB)).toBeDefined();
    expect(world.records.held(id)).toMatchObject([{ decision: "healed" }]);
  });
});
