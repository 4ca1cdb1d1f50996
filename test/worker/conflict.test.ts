/** A field that Git and a hand changed both. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT } from "../support/drift-world";

const MINUTE = 60_000;
const options = { timeout: 30_000 };

describe("conflictPolicy git", options, () => {
  test.each([{ healGracePeriod: "5m" }, { healPolicy: "manual" }])(
    "%o: Git's value at once; what the commit does not touch stays under the hand",
    async spec => {
      const world = await createDriftWorld(spec, { k: "git", l: "git" });
      await world.hand({ k: "hand", l: "hand" });
      await world.push({ k: "new", l: "git" });
      expect(world.data()).toEqual({ k: "new", l: "hand" });
      expect(world.episodes()).toHaveLength(1);
      expect(world.episodes()[0]).toMatchObject({ fields: ["data.l"], class: "manual_drift" });
    },
  );

  test("Git and the hand agree: neither conflict nor another value", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    await world.hand({ k: "same" });
    await world.push({ k: "same" });
    expect(world.data()).toEqual({ k: "same" });
    expect(world.closed()).toEqual(["committed"]);
  });
});

describe("conflictPolicy live", options, () => {
  const given = () =>
    createDriftWorld({ conflictPolicy: "live", healGracePeriod: "5m" }, { k: "git", l: "git" });

  test("the cluster's value stays, the rest of the commit lands, and what may not is pending", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    const commit = await world.push({ k: "new", l: "new" });
    expect(world.data()).toEqual({ k: "hand", l: "new" });
    expect(world.current()).toMatchObject({
      phase: "Synced",
      lastSyncedCommit: commit,
      drift: [{ object: OBJECT, class: "conflict", decision: "left", fields: ["data.k"] }],
      pending: [{ object: OBJECT, commit, because: "held" }],
    });
  });

  test("after that commit: still a conflict, also after the grace period, another commit and a restart", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    await world.push({ k: "new", l: "new" });
    await world.clock.advance(10 * MINUTE);
    await world.restart();
    await world.clock.advance(10 * MINUTE);
    await world.push({ k: "new", l: "newer" });
    expect(world.data()).toEqual({ k: "hand", l: "newer" });
    expect(world.current().drift).toMatchObject([{ class: "conflict", decision: "left" }]);
    expect(world.episodes()).toHaveLength(1);
  });

  test("the policy becomes git: Git's value at once", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    await world.push({ k: "new", l: "new" });
    world.cluster.repositories.edit(world.id, { conflictPolicy: "git" });
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "new", l: "new" });
    expect(world.closed()).toEqual(["healed"]);
  });

  test("a field that only the hand changed: under the grace period like any other", async () => {
    const world = await given();
    await world.hand({ k: "hand", l: "hand" });
    await world.push({ k: "new", l: "git" });
    await world.clock.advance(5 * MINUTE);
    expect(world.data()).toEqual({ k: "hand", l: "git" });
    expect(world.current().drift).toMatchObject([{ class: "conflict", fields: ["data.k"] }]);
  });
});
