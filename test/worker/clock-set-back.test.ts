/** An administrator or NTP sets the clock back by hours: nothing waits for the time that it was, and nothing is lost. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import type { FakeWorld } from "../support/fake-world";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function setBack({ clock }: FakeWorld, hours = 2): Promise<void> {
  clock.setTo(clock.now() - hours * HOUR);
  await clock.settle();
}

describe("the clock is set back by hours", { timeout: 30_000 }, () => {
  test("commits are looked for at each interval as before", async () => {
    const world = await createDriftWorld({ interval: "1m" });
    await setBack(world);
    await world.push({ k: "git 2" });
    await world.clock.advance(2 * MINUTE);
    expect(world.data()).toEqual({ k: "git 2" });
    await world.push({ k: "git 3" });
    await world.clock.advance(2 * MINUTE);
    expect(world.data()).toEqual({ k: "git 3" });
  });

  test("what was refused is tried again as soon as it would have been", async () => {
    const world = await createDriftWorld({ interval: "1m" });
    world.cluster.refuse(OBJECT, { code: "object-refused", message: "no, says the webhook" });
    await world.push({ k: "git 2" });
    await world.clock.advance(5 * MINUTE);
    await setBack(world);
    world.cluster.refuse(OBJECT, undefined);
    await world.clock.advance(3 * MINUTE);
    expect(world.data()).toEqual({ k: "git 2" });
    expect(world.current()).toMatchObject({ phase: "Synced" });
  });

  test("edits after each other: a record each, none in the place of another", async () => {
    const world = await createDriftWorld();
    await setBack(world);
    for (const value of ["a", "b", "c"]) {
      await world.hand({ k: value });
      await world.clock.advance(20 * MINUTE);
    }
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed", "healed", "healed"]);
  });

  test("a grace period: begins anew at most", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.hand({ k: "hand" });
    await world.clock.advance(MINUTE);
    await setBack(world);
    await world.clock.advance(3 * MINUTE);
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(7 * MINUTE);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("an edit of before, found after it: its grace period begins then", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    world.cluster.repositories.edit(world.id, { suspend: true });
    await world.hand({ k: "hand" });
    await setBack(world);
    world.cluster.repositories.edit(world.id, { suspend: false });
    await world.clock.advance(4 * MINUTE);
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(2 * MINUTE);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("fifty records of before: the next one is kept all the same", async () => {
    const world = await createDriftWorld();
    for (let time = 0; time < 51; time++) {
      await world.hand({ k: `${time}` });
      await world.clock.advance(11 * MINUTE);
    }
    await setBack(world, 12);
    const now = world.clock.now();
    for (let time = 0; time < 3; time++) {
      await world.hand({ k: `again ${time}` });
      await world.clock.advance(11 * MINUTE);
    }
    const since = world.episodes().filter(({ decisionAt }) => decisionAt < now + HOUR);
    expect(since).toHaveLength(3);
  });

  test("heals of before are no fight now", async () => {
    const world = await createDriftWorld();
    for (let time = 0; time < 4; time++) await world.hand({ k: `${time}` });
    await setBack(world);
    for (let time = 0; time < 4; time++) await world.hand({ k: `again ${time}` });
    expect(world.data()).toEqual({ k: "git" });
  });
});
