/** The grace period: healed at its end, and at no other time. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT } from "../support/drift-world";

const SECOND = 1_000;
const MINUTE = 60_000;

describe("a grace period of five minutes", { timeout: 30_000 }, () => {
  const given = () => createDriftWorld({ healGracePeriod: "5m", interval: "1h" });

  test("an edit: shown with its end, not healed before it, healed at it without a trigger", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    const until = world.clock.rfc3339(world.clock.now() + 5 * MINUTE);
    expect(world.current().drift).toMatchObject([{ decision: "waiting", until }]);
    await world.clock.advance(5 * MINUTE - 1);
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(1);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
  });

  test("a second edit: the same record, the same end", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    await world.clock.advance(4 * MINUTE);
    await world.hand({ k: "once more" });
    expect(world.episodes()).toHaveLength(1);
    await world.clock.advance(MINUTE - 1);
    expect(world.data()).toEqual({ k: "once more" });
    await world.clock.advance(1);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("a restart in the middle: the same record, the same end", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    const [before] = world.episodes();
    await world.clock.advance(4 * MINUTE);
    await world.restart();
    expect(world.episodes()).toMatchObject([{ record: before?.record, since: before?.since }]);
    await world.clock.advance(MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(SECOND);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
  });

  test("a commit to another field, a push, a sync by annotation, another period in the spec: not earlier", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    await world.push({ k: "git", other: "new" });
    world.supervisor().nudgeAll();
    await world.clock.settle();
    expect(world.data()).toEqual({ k: "hand", other: "new" });
    world.cluster.repositories.syncAt(world.id, "now");
    await world.clock.settle();
    world.cluster.repositories.edit(world.id, { healGracePeriod: "1s" });
    await world.clock.advance(4 * MINUTE);
    expect(world.data()).toEqual({ k: "hand", other: "new" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git", other: "new" });
  });

  test("put back by hand and edited again: a full new period", async () => {
    const world = await given();
    await world.hand({ k: "hand" });
    await world.clock.advance(4 * MINUTE);
    await world.hand({ k: "git" });
    await world.hand({ k: "hand" });
    await world.clock.advance(5 * MINUTE - 1);
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(1);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("deleted by hand: made anew at the end, not before, and not by a restart", async () => {
    const world = await given();
    world.cluster.delete(OBJECT);
    await world.clock.advance(4 * MINUTE);
    expect(world.open()).toEqual(["waiting"]);
    await world.restart();
    await world.clock.advance(MINUTE - SECOND);
    expect(world.data()).toBeUndefined();
    await world.clock.advance(SECOND);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
  });

  test("edited while nopea was away: a full period from when it was found", async () => {
    const world = await given();
    world.supervisor().stop();
    await world.clock.settle();
    world.cluster.edit(OBJECT, { data: { k: "hand" } });
    await world.clock.advance(60 * MINUTE);
    await world.restart();
    await world.clock.advance(5 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });
});
