/** Whatever is edited, committed and restarted: in the end everything is as Git declares. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDriftWorld, OBJECT, type DriftWorld } from "../support/drift-world";

const MINUTE = 60_000;

type Deed = "hand" | "undo" | "push" | "restart" | "delete" | "unlabel" | "wait" | "away";
const deed = fc.constantFrom<Deed>(
  ...(["hand", "hand", "undo", "push", "restart", "delete", "unlabel", "wait", "away"] as const),
);

test("auto without a grace period: all ends as Git declares, no episode stays open, one object remains", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(deed, fc.nat({ max: 3 })), { maxLength: 14 }),
      async deeds => {
        const world = await createDriftWorld({}, { k: "git", l: "git" });
        let wanted: Readonly<Record<string, string>> = { k: "git", l: "git" };
        for (const [what, number] of deeds) {
          if (what === "push") wanted = { k: `git ${number}`, l: number > 1 ? "more" : "git" };
          await play(world, { what, number, wanted });
        }
        // longer than the pause of any fight
        await world.clock.advance(20 * MINUTE);
        expect(world.data()).toEqual(wanted);
        expect(world.open()).toEqual([]);
        expect(world.current()).toMatchObject({ phase: "Synced", driftCount: 0 });
        expect(world.metrics.restarts).toBe(0);
        const writes = world.writes();
        await world.restart();
        await world.clock.advance(10 * MINUTE);
        expect(world.writes()).toBe(writes);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

interface Play {
  readonly what: Deed;
  readonly number: number;
  readonly wanted: Readonly<Record<string, string>>;
}

async function play(world: DriftWorld, { what, number, wanted }: Play): Promise<void> {
  const isThere = world.data() !== undefined;
  const hand = { [number % 2 === 0 ? "k" : "l"]: `hand ${number}` };
  const edit = () => {
    if (isThere) world.cluster.edit(OBJECT, { data: hand });
  };
  switch (what) {
    case "hand":
      edit();
      return world.clock.settle();
    case "undo":
      if (isThere) world.cluster.edit(OBJECT, { data: wanted });
      return world.clock.settle();
    case "push":
      await world.push(wanted);
      return;
    case "restart":
      return world.restart();
    case "delete":
      world.cluster.delete(OBJECT);
      return world.clock.settle();
    case "unlabel":
      if (isThere) world.cluster.strip(OBJECT, "labels/nopea.io~1repository");
      return world.clock.settle();
    case "wait":
      return world.clock.advance(number * MINUTE);
    case "away":
      world.supervisor().stop();
      await world.clock.settle();
      edit();
      return world.restart();
  }
}
