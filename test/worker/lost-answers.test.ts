/** Writes that take effect, and whose answers never come: the connection was cut, or the walk was ended. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import { createDriftWorld, type DriftWorld } from "../support/drift-world";

const MINUTE = 60_000;

/** The answer to the next apply is lost. */
function loseNext({ cluster }: DriftWorld): void {
  cluster.afterApply = () => {
    cluster.afterApply = () => undefined;
    throw new NopeaError("cluster-unreachable", "connection lost");
  };
}

describe("an apply whose answer is lost", { timeout: 30_000 }, () => {
  test("of a commit that overrules an edit: healed, told once, and the next commit is nobody's edit", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    await world.hand({ k: "hand" });
    expect(world.open()).toEqual(["left data.k"]);
    loseNext(world);
    await world.push({ k: "git 2" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git 2" });
    expect(world.closed()).toEqual(["healed"]);
    const before = world.episodes();
    await world.push({ k: "git 3" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git 3" });
    expect(world.episodes()).toEqual(before);
  });

  test("of a commit that drops a field which a hand holds too: the field goes", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" }, { k: "git", l: "git" });
    await world.hand({ l: "hand" });
    await world.push({ k: "git", l: "hand" });
    loseNext(world);
    await world.push({ k: "git" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git" });
    const writes = world.writes();
    await world.clock.advance(10 * MINUTE);
    expect(world.writes()).toBe(writes);
  });

  test("of a commit around a conflict that conflictPolicy live keeps: it is kept when the grace period is over", async () => {
    const spec = { conflictPolicy: "live", healGracePeriod: "30m" };
    const world = await createDriftWorld(spec, { k: "git", l: "git" });
    await world.hand({ k: "hand" });
    loseNext(world);
    await world.push({ k: "git 2", l: "git 2" });
    await world.clock.advance(40 * MINUTE);
    expect(world.data()).toEqual({ k: "hand", l: "git 2" });
    expect(world.open()).toEqual(["left data.k"]);
  });

  test("of a commit, and somebody edits what it wrote before it is looked at: drift from that commit", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    loseNext(world);
    await world.push({ k: "git 2" });
    await world.hand({ k: "hand" });
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "hand" });
    expect(world.episodes()).toMatchObject([{ class: "manual_drift", decision: "left" }]);
  });
});
