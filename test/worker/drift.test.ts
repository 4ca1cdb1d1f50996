/** Edits by hand and what becomes of them: healed, undone, waited for, left, refused, fought over. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import { URL } from "../support/fake-world";

const SECOND = 1_000;
const MINUTE = 60_000;
const options = { timeout: 30_000 };

describe("without a grace period", options, () => {
  test("an edit: healed at once, one record, closed; the status says nothing any more", async () => {
    const world = await createDriftWorld();
    await world.hand({ k: "hand" });
    expect(world.data()).toEqual({ k: "git" });
    expect(world.episodes()).toMatchObject([
      {
        decision: "healed",
        class: "manual_drift",
        edits: [{ by: "unknown", manager: "kubectl-edit", verb: "UPDATE", source: "inferred" }],
      },
    ]);
    expect(world.episodes()[0]?.edits[0]?.changes).toMatchObject([{ path: "data.k" }]);
    expect(world.current()).toMatchObject({ phase: "Synced", driftCount: 0 });
    expect(world.current()).not.toHaveProperty("drift");
    expect(world.writes()).toBe(2);
  });

  test("a field that Git does not declare: nobody's business", async () => {
    const world = await createDriftWorld();
    const requests = world.cluster.requests.length;
    await world.hand({ other: "x" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git", other: "x" });
    expect(world.episodes()).toEqual([]);
    expect(world.cluster.requests.length).toBe(requests);
  });

  test("our label is taken off: put back at once", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    world.cluster.strip(OBJECT, "labels/nopea.io~1repository");
    await world.clock.settle();
    expect(world.cluster.live(OBJECT)?.labels).toMatchObject({ "nopea.io/repository": "my-app" });
  });

  test("deleted by hand, and left so: a commit to it does not bring it back, the policy does", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    world.cluster.delete(OBJECT);
    await world.clock.settle();
    await world.push({ k: "git 2" });
    expect(world.data()).toBeUndefined();
    expect(world.open()).toEqual(["left"]);
    world.cluster.repositories.edit(world.id, { healPolicy: "auto" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git 2" });
  });

  test("deleted by hand: made anew at once, and the record says so", async () => {
    const world = await createDriftWorld();
    world.cluster.delete(OBJECT);
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "git" });
    expect(world.episodes()).toMatchObject([
      { decision: "healed", edits: [{ verb: "DELETE", by: "unknown" }] },
    ]);
  });

  test("a heal that the API server refuses: told, tried again with patience, and healed when it may", async () => {
    const world = await createDriftWorld({ interval: "1h" });
    world.cluster.refuse(OBJECT, { code: "object-refused", message: "no, says the webhook" });
    await world.hand({ k: "hand" });
    expect(world.open()).toEqual(["failed data.k"]);
    expect(world.episodes()[0]?.reason).toContain("no, says the webhook");
    const writes = world.writes();
    await world.clock.advance(4 * SECOND);
    expect(world.writes()).toBe(writes);
    await world.clock.advance(2 * SECOND);
    expect(world.writes()).toBeGreaterThan(writes);
    world.cluster.refuse(OBJECT, undefined);
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
    expect(world.open()).toEqual([]);
  });

  test("edited again after each heal: after the fifth more and more rarely, and the condition names it", async () => {
    const world = await createDriftWorld({ interval: "1h" });
    for (let round = 0; round < 5; round++) {
      await world.hand({ k: `hand ${round}` });
      expect(world.data()).toEqual({ k: "git" });
      await world.clock.advance(SECOND);
    }
    await world.hand({ k: "once more" });
    expect(world.data()).toEqual({ k: "once more" });
    expect(world.open()).toEqual(["waiting data.k"]);
    const drifted = world.current().conditions?.find(({ type }) => type === "Drifted");
    expect(drifted?.message).toContain(`${OBJECT} was healed 5 times in ten minutes`);
    await world.clock.advance(8 * SECOND);
    expect(world.data()).toEqual({ k: "once more" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
    await world.hand({ k: "and again" });
    await world.clock.advance(18 * SECOND);
    expect(world.data()).toEqual({ k: "and again" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });
});

describe("an edit that is not healed", options, () => {
  test("edited and put back by hand: undone, and one apply that only takes the field back", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.hand({ k: "hand" });
    await world.hand({ k: "git" });
    expect(world.closed()).toEqual(["undone"]);
    expect(world.writes()).toBe(2);
    await world.clock.advance(10 * MINUTE);
    expect(world.writes()).toBe(2);
    await world.hand({ k: "another" });
    expect(world.open()).toEqual(["waiting data.k"]);
  });

  test("Git takes the live value over: committed, and the field never changes", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.hand({ k: "hotfix" });
    const seen: unknown[] = [];
    world.cluster.beforeApply = () => void seen.push(world.data());
    const commit = await world.push({ k: "hotfix" });
    expect(world.data()).toEqual({ k: "hotfix" });
    expect(seen).toEqual([{ k: "hotfix" }]);
    expect(world.closed()).toEqual(["committed"]);
    expect(world.current()).toMatchObject({ lastSyncedCommit: commit, driftCount: 0 });
    await world.clock.advance(10 * MINUTE);
    expect(world.data()).toEqual({ k: "hotfix" });
    expect(world.writes()).toBe(2);
  });

  test("another hand changes the same field, whose value must not be seen: both are told", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.hand({ k: "hand" });
    await world.clock.advance(MINUTE);
    world.cluster.edit(OBJECT, { data: { k: "once more" } }, "kubectl-patch");
    await world.clock.settle();
    const managers = world.episodes().flatMap(({ edits }) => edits.map(({ manager }) => manager));
    expect(managers).toEqual(["kubectl-edit", "kubectl-patch"]);
  });

  test("spec.suspend: nothing is judged; when it ends, the edit is", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    world.cluster.repositories.edit(world.id, { suspend: true });
    await world.clock.settle();
    await world.hand({ k: "hand" });
    await world.clock.advance(10 * MINUTE);
    expect(world.data()).toEqual({ k: "hand" });
    expect(world.episodes()).toEqual([]);
    world.cluster.repositories.edit(world.id, { suspend: false });
    await world.clock.advance(4 * MINUTE);
    expect(world.open()).toEqual(["waiting data.k"]);
    await world.clock.advance(MINUTE + SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });
});

describe("healPolicy manual", options, () => {
  test("an edit: left, one record; auto heals it at once, also without a Git server", async () => {
    const world = await createDriftWorld({ healPolicy: "manual", interval: "1h" });
    await world.hand({ k: "hand" });
    await world.clock.advance(10 * MINUTE);
    expect(world.data()).toEqual({ k: "hand" });
    expect(world.open()).toEqual(["left data.k"]);
    expect(world.current()).toMatchObject({
      phase: "Synced",
      driftCount: 1,
      drift: [{ object: OBJECT, decision: "left", who: "unknown", fields: ["data.k"] }],
    });
    world.git.fail(URL, new NopeaError("git-unreachable", "down"));
    world.cluster.repositories.edit(world.id, { healPolicy: "auto" });
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
    expect(world.episodes()).toHaveLength(1);
  });

  test("Git changes another field: it lands around the edit, which stays one episode", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    await world.hand({ k: "hand" });
    const commit = await world.push({ k: "git", other: "new" });
    expect(world.data()).toEqual({ k: "hand", other: "new" });
    expect(world.current().lastSyncedCommit).toBe(commit);
    expect(world.open()).toEqual(["left data.k"]);
    await world.restart();
    expect(world.open()).toEqual(["left data.k"]);
    expect(world.episodes()).toHaveLength(1);
    expect(world.data()).toEqual({ k: "hand", other: "new" });
  });

  test("deleted by hand: left, also after a restart; auto makes it anew", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    world.cluster.delete(OBJECT);
    await world.clock.advance(MINUTE);
    expect(world.data()).toBeUndefined();
    expect(world.open()).toEqual(["left"]);
    await world.restart();
    await world.clock.advance(MINUTE);
    expect(world.data()).toBeUndefined();
    expect(world.open()).toEqual(["left"]);
    world.cluster.repositories.edit(world.id, { healPolicy: "auto" });
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
  });
});
