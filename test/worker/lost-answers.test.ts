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
