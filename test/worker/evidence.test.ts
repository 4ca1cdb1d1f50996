/** What the admission hook sealed on an object: who edited it, since when, and who suspended it. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT, type DriftWorld } from "../support/drift-world";
import type { Edit } from "../../src/model/episode";
import type { Spec } from "../support/fake-repositories";
import { handWith, seen, stampOf, suspensionBy } from "../support/sealed";

const SECOND = 1_000;
const MINUTE = 60_000;
const options = { timeout: 30_000 };
const GRACE = { healGracePeriod: "5m", interval: "1h" };

/** Values are shown, so that they tell edits apart. */
async function given(spec: Spec = {}): Promise<DriftWorld> {
  const world = await createDriftWorld(spec);
  world.settings.current = { ...world.settings.current, showValues: "all" };
  return world;
}

const change = (to: string) => ({ path: "data.k", from: "git", to });

/** Larry changes the data, and the hook has seen it; the watch tells of it `late`. */
async function larry(world: DriftWorld, to: string, late = 0): Promise<void> {
  const edit = seen(world, "larry", [change(to)], { groups: ["sre"] });
  await world.clock.advance(late);
  await handWith(world, { k: to }, stampOf(world, [edit]));
}

const names = (world: DriftWorld) =>
  world.episodes().flatMap(({ edits }) => edits.map(({ by, source }) => `${by} ${source}`));

describe("a sealed edit", options, () => {
  test("without a grace period: healed, and the record says who did what", async () => {
    const world = await given();
    await larry(world, "hand");
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed"]);
    expect(world.episodes()[0]?.edits).toMatchObject([
      { by: "larry", groups: ["sre"], source: "admission", changes: [change("hand")] },
    ]);
  });

  test("healed: the stamp is gone, and the next edit by nobody who was seen is nobody's", async () => {
    const world = await given();
    await larry(world, "hand");
    expect(Object.keys(world.cluster.live(OBJECT)?.annotations ?? {})).toEqual([
      "nopea.io/applied",
    ]);
    await world.clock.advance(20 * MINUTE);
    await world.hand({ k: "other" });
    expect(names(world)).toEqual(["larry admission", "unknown inferred"]);
  });

  test("edited again before the stamp of the healed edit was off: a record of its own, of the new edit alone", async () => {
    const world = await given();
    const first = seen(world, "larry", [change("hand")]);
    await handWith(world, { k: "hand" }, stampOf(world, [first]));
    await world.clock.advance(10 * SECOND);
    const second = seen(world, "ann", [change("other")]);
    await handWith(world, { k: "other" }, stampOf(world, [first, second]));
    expect(world.data()).toEqual({ k: "git" });
    expect(world.closed()).toEqual(["healed", "healed"]);
    expect(names(world)).toEqual(["larry admission", "ann admission"]);
    expect((world.episodes()[1]?.since ?? 0) - second.at).toBeLessThanOrEqual(SECOND);
  });

  test("the same, a quarter of an hour and a commit later", async () => {
    const world = await given();
    const first = seen(world, "larry", [change("hand")]);
    await handWith(world, { k: "hand" }, stampOf(world, [first]));
    world.cluster.edit(OBJECT, { metadata: { annotations: stampOf(world, [first]) } });
    await world.clock.advance(15 * MINUTE);
    await world.push({ k: "git", other: "1" });
    const second = seen(world, "ann", [change("other")]);
    await handWith(world, { k: "other" }, stampOf(world, [first, second]));
    expect(names(world)).toEqual(["larry admission", "ann admission"]);
  });

  test("held, taken over by Git, and given back: it has its name again", async () => {
    const world = await given();
    await larry(world, "hand");
    world.cluster.edit(OBJECT, { metadata: { annotations: { "nopea.io/suspend-heal": "true" } } });
    await world.clock.advance(10 * SECOND);
    const edit = seen(world, "ann", [change("held")]);
    await handWith(world, { k: "held" }, stampOf(world, [edit]));
    await world.push({ k: "held" });
    expect(world.closed()).toEqual(["healed", "committed"]);
    await world.push({ k: "git" });
    expect(names(world)).toEqual(["larry admission", "ann admission", "ann admission"]);
  });

  test("more than a record holds: the newest, each once, whatever else is seen of the object", async () => {
    const world = await given({ healPolicy: "manual" });
    const edits: Edit[] = [];
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      edits.push(seen(world, name, [change(name)]));
      await handWith(world, { k: name }, stampOf(world, edits.slice(-5)));
      await world.clock.advance(2 * SECOND);
    }
    await world.push({ k: "git", other: "1" });
    await handWith(world, { k: "g", more: "1" }, stampOf(world, edits.slice(-5)));
    expect(names(world)).toEqual(["c", "d", "e", "f", "g"].map(name => `${name} admission`));
  });

  test("a burst that is healed at once: the newest that a record holds, in their order", async () => {
    const world = await given();
    const edits: Edit[] = [];
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      edits.push(seen(world, name, [change(name)]));
      const annotations = stampOf(world, edits.slice(-5));
      world.cluster.edit(OBJECT, { data: { k: name }, metadata: { annotations } });
    }
    await world.clock.settle();
    expect(world.closed()).toEqual(["healed"]);
    expect(names(world)).toEqual(["c", "d", "e", "f", "g"].map(name => `${name} admission`));
  });

  test("more than a record holds, and a restart: none is told again", async () => {
    const world = await given({ healPolicy: "manual" });
    const edits: Edit[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      edits.push(seen(world, name, [change(name)]));
      await handWith(world, { k: name }, stampOf(world, edits));
      await world.clock.advance(2 * SECOND);
    }
    await world.hand({ k: "x" });
    await world.clock.advance(2 * SECOND);
    const before = names(world);
    expect(before).toHaveLength(5);
    await world.restart();
    await world.clock.advance(5 * SECOND);
    expect(names(world)).toEqual(before);
  });

  test("while it waits: the status says who", async () => {
    const world = await given(GRACE);
    await larry(world, "hand");
    expect(world.current().drift).toMatchObject([{ who: "larry", decision: "waiting" }]);
  });

  test("that a watch tells of late: since its own time, and its grace period counts from there", async () => {
    const world = await given(GRACE);
    const at = world.clock.now();
    await larry(world, "hand", MINUTE);
    expect(world.episodes()[0]?.edits[0]?.at).toBe(at);
    expect((world.episodes()[0]?.since ?? 0) - at).toBeLessThanOrEqual(SECOND);
    await world.clock.advance(4 * MINUTE + SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("made in the middle of a second: never a moment less than the grace period", async () => {
    const world = await given(GRACE);
    await world.clock.advance(1);
    await world.clock.advance(998);
    const at = world.clock.now();
    await larry(world, "hand", 300);
    await world.clock.advance(at + 5 * MINUTE - 1 - world.clock.now());
    expect(world.data()).toEqual({ k: "hand" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("once more by somebody who was seen: both in one record, each once, also after a restart", async () => {
    const world = await given(GRACE);
    const first = seen(world, "larry", [change("hand")]);
    await handWith(world, { k: "hand" }, stampOf(world, [first]));
    await world.clock.advance(MINUTE);
    const second = seen(world, "kim", [change("more")]);
    await handWith(world, { k: "more" }, stampOf(world, [first, second]));
    expect(names(world)).toEqual(["larry admission", "kim admission"]);
    await world.restart();
    expect(names(world)).toEqual(["larry admission", "kim admission"]);
    expect(world.episodes()).toHaveLength(1);
  });

  test("and another value by somebody who was not seen: both, and the last is nobody's", async () => {
    const world = await given(GRACE);
    await larry(world, "hand");
    await world.clock.advance(MINUTE);
    await world.hand({ k: "other" });
    expect(names(world)).toEqual(["larry admission", "unknown inferred"]);
  });

  test("made while no process ran: told by the next one", async () => {
    const world = await given(GRACE);
    world.supervisor().stop();
    await world.clock.settle();
    await larry(world, "hand");
    await world.clock.advance(MINUTE);
    await world.restart();
    expect(names(world)).toEqual(["larry admission"]);
    await world.clock.advance(5 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hand" });
  });
});

describe("a forged stamp", options, () => {
  const FORGED = `Evidence without a valid seal is ignored: on ${OBJECT}`;

  const forge = async (world: DriftWorld, annotations: Readonly<Record<string, string>>) => {
    await handWith(world, { k: "hand" }, annotations);
    return { names: names(world), ready: world.ready(world.id) };
  };

  test("sealed with another key: nobody is known, and the Ready message names the object", async () => {
    const world = await given(GRACE);
    const stamp = stampOf(world, [seen(world, "kim", [change("hand")])], "another key");
    const told = await forge(world, stamp);
    expect(told.names).toEqual(["unknown inferred"]);
    expect(told.ready).toContain(FORGED);
  });

  test("without a seal, or with other edits than were sealed: the same", async () => {
    for (const by of ["", "larry"]) {
      const world = await given(GRACE);
      const { "nopea.io/manual-edit": text = "", "nopea.io/seal": seal = "" } = stampOf(world, [
        seen(world, "larry", [change("hand")]),
      ]);
      const stamp = { "nopea.io/manual-edit": text.replace("larry", "kim") };
      const told = await forge(world, by === "" ? stamp : { ...stamp, "nopea.io/seal": seal });
      expect(told.names).toEqual(["unknown inferred"]);
      expect(told.ready).toContain(FORGED);
    }
  });

  test("a time of long ago: makes no grace period shorter", async () => {
    const world = await given(GRACE);
    await world.clock.advance(60 * MINUTE);
    const at = world.clock.now() - 30 * MINUTE;
    const stamp = stampOf(world, [seen(world, "kim", [change("hand")], { at })], "another key");
    await forge(world, stamp);
    await world.clock.advance(5 * MINUTE - 1);
    expect(world.data()).toEqual({ k: "hand" });
  });

  test("healed: the Ready message no longer names it", async () => {
    const world = await given(GRACE);
    await forge(world, { "nopea.io/manual-edit": "[]" });
    await world.clock.advance(6 * MINUTE);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.ready(world.id)).not.toContain("seal");
  });
});

describe("a sealed suspension", options, () => {
  test("the status says who, since when and until when", async () => {
    const world = await given(GRACE);
    const { clock } = world;
    const [at, until] = [clock.now(), clock.now() + 30 * MINUTE].map(time => clock.rfc3339(time));
    await world.annotate(suspensionBy(world, "larry", "30m"));
    expect(world.current().suspended).toEqual([{ object: OBJECT, by: "larry", at, until }]);
  });

  test("that a watch tells of late, and a restart: ends when its own time says", async () => {
    const world = await given({ interval: "24h" });
    const annotations = suspensionBy(world, "larry", "30m");
    await world.clock.advance(10 * MINUTE);
    await handWith(world, { k: "hotfix" }, annotations);
    await world.restart();
    expect(world.current().suspended).toMatchObject([{ by: "larry" }]);
    await world.clock.advance(20 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hotfix" });
    await world.clock.advance(2 * SECOND);
    expect(world.data()).toEqual({ k: "git" });
  });

  test("forged companions: nobody is known, and it counts from when it was seen", async () => {
    const world = await given({ interval: "24h" });
    const { "nopea.io/seal": _, ...annotations } = suspensionBy(world, "larry", "30m");
    await world.clock.advance(10 * MINUTE);
    await handWith(world, { k: "hotfix" }, annotations);
    expect(world.current().suspended).toMatchObject([{ by: "unknown" }]);
    await world.clock.advance(30 * MINUTE - SECOND);
    expect(world.data()).toEqual({ k: "hotfix" });
  });
});
