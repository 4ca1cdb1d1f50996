/** nopea.io/suspend-heal on the live object: nothing is written to it, whatever happens, until it is over. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT, type DriftWorld } from "../support/drift-world";

const SECOND = 1_000;
const MINUTE = 60_000;
const SUSPEND = "nopea.io/suspend-heal";
const options = { timeout: 30_000 };

async function resume(world: DriftWorld): Promise<void> {
  world.cluster.strip(OBJECT, "annotations/nopea.io~1suspend-heal");
  await world.clock.settle();
}

function annotations(world: DriftWorld): readonly string[] {
  return Object.keys(world.cluster.live(OBJECT)?.annotations ?? {}).sort();
}

describe("until it is removed", options, () => {
  test("the annotation alone: no drift, no write, shown as suspended", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "true", "nopea.io/suspend-heal-reason": "INC-1" });
    expect(world.current()).toMatchObject({
      driftCount: 0,
      suspended: [{ object: OBJECT, reason: "INC-1" }],
    });
    expect(world.current()).not.toHaveProperty("pending");
    expect(world.writes()).toBe(1);
    expect(world.metrics.suspended.get(world.id.uid)).toEqual([world.clock.now()]);
    await resume(world);
    expect(world.metrics.suspended.get(world.id.uid)).toEqual([]);
  });

  test("an edit: stays through polls, a nudge and a restart; removed: healed at once", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "true" });
    await world.hand({ k: "hotfix" });
    await world.clock.advance(10 * MINUTE);
    world.supervisor().nudgeAll();
    await world.restart();
    await world.clock.advance(10 * MINUTE);
    expect(world.data()).toEqual({ k: "hotfix" });
    expect(world.open()).toEqual(["suspended data.k"]);
    expect(world.writes()).toBe(1);
    await resume(world);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
    expect(world.current()).not.toHaveProperty("suspended");
  });

  test("the very edit that sets it: stays", async () => {
    const world = await createDriftWorld();
    world.cluster.edit(OBJECT, {
      data: { k: "hotfix" },
      metadata: { annotations: { [SUSPEND]: "yes" } },
    });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "hotfix" });
    expect(world.writes()).toBe(1);
  });

  test("a commit: pending, counts as in, lands when it is removed", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "true" });
    await world.hand({ k: "hotfix" });
    const commit = await world.push({ k: "git", other: "new" });
    expect(world.data()).toEqual({ k: "hotfix" });
    expect(world.current()).toMatchObject({
      lastSyncedCommit: commit,
      pending: [{ object: OBJECT, commit, because: "suspended" }],
    });
    expect(world.current().pending).toHaveLength(1);
    await resume(world);
    expect(world.data()).toEqual({ k: "git", other: "new" });
    expect(world.current()).not.toHaveProperty("pending");
  });

  test("with a grace period, removed: the commit lands at once around the edit, which has a full new period", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.annotate({ [SUSPEND]: "true" });
    await world.hand({ k: "hotfix" });
    await world.push({ k: "git", other: "new" });
    await world.clock.advance(20 * MINUTE);
    await resume(world);
    expect(world.data()).toEqual({ k: "hotfix", other: "new" });
    expect(world.open()).toEqual(["waiting data.k"]);
    await world.clock.advance(5 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hotfix", other: "new" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git", other: "new" });
  });

  test("set in the grace period, removed after its end: a full new period", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.hand({ k: "hotfix" });
    await world.clock.advance(4 * MINUTE);
    await world.annotate({ [SUSPEND]: "true" });
    await world.clock.advance(4 * MINUTE);
    expect(world.data()).toEqual({ k: "hotfix" });
    await resume(world);
    await world.clock.advance(4 * MINUTE);
    expect(world.data()).toEqual({ k: "hotfix" });
    await world.clock.advance(MINUTE + SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("put back by hand meanwhile: nothing to do when it is removed but to take the field back", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "true" });
    await world.hand({ k: "hotfix" });
    await world.hand({ k: "git" });
    expect(world.writes()).toBe(1);
    await resume(world);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.open()).toEqual([]);
  });

  test("in Git: does not count", async () => {
    const world = await createDriftWorld();
    await world.push({ k: "git" }, { [SUSPEND]: "true" });
    await world.hand({ k: "hand" });
    expect(world.data()).toEqual({ k: "git" });
  });

  test("the suspended object is deleted: its suspension ends, it is made anew", async () => {
    const world = await createDriftWorld();
    await world.annotate({ [SUSPEND]: "true" });
    world.cluster.delete(OBJECT);
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "git" });
    expect(world.current()).not.toHaveProperty("suspended");
  });
});

describe("a timed one", options, () => {
  test("30m: held until its end, then released and healed without a trigger; its companions go", async () => {
    const world = await createDriftWorld({ interval: "24h" });
    await world.annotate({ [SUSPEND]: "30m", "nopea.io/suspend-heal-reason": "INC-1" });
    await world.hand({ k: "hotfix" });
    await world.clock.advance(30 * MINUTE - 1);
    expect(world.data()).toEqual({ k: "hotfix" });
    expect(world.writes()).toBe(1);
    await world.clock.advance(1);
    expect(world.data()).toEqual({ k: "git" });
    expect(annotations(world)).toEqual(["nopea.io/applied"]);
    expect(world.closed()).toEqual(["healed"]);
  });

  test("with a grace period: released at its end, healed a full period later", async () => {
    const world = await createDriftWorld({ interval: "24h", healGracePeriod: "5m" });
    await world.annotate({ [SUSPEND]: "30m" });
    await world.hand({ k: "hotfix" });
    await world.clock.advance(30 * MINUTE);
    expect(annotations(world)).toEqual(["nopea.io/applied"]);
    await world.clock.advance(5 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hotfix" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("a restart in the middle: ends when it would have", async () => {
    const world = await createDriftWorld({ interval: "24h" });
    await world.annotate({ [SUSPEND]: "30m" });
    await world.hand({ k: "hotfix" });
    await world.clock.advance(20 * MINUTE);
    await world.restart();
    await world.clock.advance(10 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hotfix" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("a time: until then, and not a moment longer, with nothing edited: just taken off", async () => {
    const world = await createDriftWorld({ interval: "24h" });
    const until = world.clock.rfc3339(world.clock.now() + 20 * MINUTE);
    await world.annotate({ [SUSPEND]: until });
    await world.clock.advance(20 * MINUTE);
    expect(annotations(world)).toEqual(["nopea.io/applied"]);
    expect(world.current()).not.toHaveProperty("suspended");
    await world.annotate({ [SUSPEND]: "30m" });
    expect(world.current().suspended).toHaveLength(1);
  });
});

describe("law", { timeout: 60_000 }, () => {
  test("a suspended object is never written, whatever is edited, committed, asked for or restarted", async () => {
    const deed = fc.constantFrom("hand", "push", "restart", "spec", "wait", "nudge", "undo");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("true", "1", "yes", "999h"),
        fc.constantFrom<object>({}, { healGracePeriod: "1m" }, { conflictPolicy: "live" }),
        fc.array(fc.tuple(deed, fc.nat({ max: 5 })), { maxLength: 10 }),
        async (value, spec, deeds) => {
          const world = await createDriftWorld({ ...spec });
          await world.annotate({ [SUSPEND]: value });
          for (const [what, number] of deeds) await play(world, what, number);
          await world.clock.advance(10 * MINUTE);
          expect(world.writes()).toBe(1);
          expect(annotations(world)).toEqual(["nopea.io/applied", SUSPEND]);
        },
      ),
      { numRuns: 30 },
    );
  });
});

async function play(world: DriftWorld, deed: string, number: number): Promise<void> {
  switch (deed) {
    case "hand":
      return world.hand({ k: `hand ${number}` });
    case "undo":
      return world.hand({ k: "git" });
    case "push":
      await world.push({ k: `git ${number}`, more: `${number}` });
      return;
    case "restart":
      return world.restart();
    case "spec":
      world.cluster.repositories.edit(world.id, { healGracePeriod: `${number + 1}s` });
      return world.clock.settle();
    case "nudge":
      world.supervisor().nudgeAll();
      return world.clock.settle();
    default:
      return world.clock.advance(number * MINUTE);
  }
}
