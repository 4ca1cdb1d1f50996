/** Numbers move exactly with what happened. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import { configMap, createFakeWorld, URL } from "../support/fake-world";
import { A, B, begin, push } from "../support/prune-world";
import { countHappenings } from "../../src/worker/count";
import { Chronicle } from "../../src/worker/chronicle";
import type { Repository } from "../../src/model/git-repository";
import type { Report } from "../../src/model/report";
import type { Metrics, World } from "../../src/ports";
import { episode } from "../support/episodes";

const MINUTE = 60_000;

describe("a sync", () => {
  test("each step once, each write by what came of it; polls without news only resolve", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    await world.create();
    const steps = ["step resolve", "step fetch", "step render"];
    expect(world.metrics.counted).toEqual([
      ...steps,
      ...["applied created", "applied created", "step apply"],
    ]);
    world.metrics.counted.length = 0;
    await world.clock.advance(12_000);
    expect(world.metrics.counted).toEqual(["step resolve", "step resolve"]);
    world.metrics.counted.length = 0;
    world.cluster.refuse("ConfigMap/shop/b", { code: "object-refused", message: "no" });
    world.git.commit(URL, {
      "a.yaml": configMap("a", { k: "2" }),
      "b.yaml": configMap("b", { k: "2" }),
    });
    await world.clock.advance(5_000);
    expect(world.metrics.counted).toEqual([
      ...steps,
      ...["applied changed", "applied failed", "step apply"],
    ]);
  });

  test("what is pruned: counted as deleted", async () => {
    const { world } = await begin({ "a.yaml": A, "b.yaml": B });
    await push(world, { "a.yaml": A });
    expect(world.metrics.counted.filter(word => word.startsWith("deleted"))).toEqual([
      "deleted removed",
    ]);
  });
});

test("open drift: by repository and class while it is open, and gone with the repository", async () => {
  const world = await createDriftWorld({ healPolicy: "manual" });
  const open = () => world.metrics.openDrift.get(world.id.uid);
  expect(open()).toEqual({ repository: "shop/my-app", classes: {} });
  await world.hand({ k: "hand" });
  expect(open()).toEqual({ repository: "shop/my-app", classes: { manual_drift: 1 } });
  await world.clock.advance(MINUTE);
  world.cluster.repositories.delete(world.id);
  await world.clock.settle();
  expect(open()?.classes).toEqual({});
  expect(world.cluster.read(OBJECT)).toBeDefined();
});

test("a walk that ends after its GitRepository is gone: its series stays gone", () => {
  const fake = createFakeWorld();
  const life = new AbortController();
  const counted: string[] = [];
  const metrics = {
    suspended: () => void counted.push("suspended"),
    openDrift: () => void counted.push("drift"),
  };
  const id = { namespace: "shop", name: "my-app", uid: "u" };
  const repository = { id, status: { phase: "Syncing" } } as unknown as Repository;
  const world = { clock: fake.clock, metrics, log: {}, pulse: fake.pulse } as unknown as World;
  const chronicle = new Chronicle(world, repository, life.signal);
  const report = {
    ...{ writes: 0, pruned: [], suspended: [], orphans: [], created: [], updated: [] },
    drift: [episode("r")],
  } as unknown as Report;
  chronicle.healed(repository, report, 1);
  life.abort();
  chronicle.healed(repository, report, 1);
  expect(counted).toEqual(["suspended", "drift"]);
});

describe("happenings", () => {
  function counting() {
    const counted: string[] = [];
    const count = (what: string) => (which: string | number) =>
      void counted.push(`${what} ${which}`);
    const metrics = {
      driftDetected: count("detected"),
      driftEnded: count("ended"),
      healed: count("healed"),
    } as unknown as Metrics;
    const tell = countHappenings(metrics);
    const about = {} as Parameters<typeof tell>[1];
    const told = (one: Parameters<typeof tell>[0], at = 0) => {
      tell(one, about, at);
    };
    return { counted, tell: told };
  }
  const EDITS = [
    { id: "1", by: "larry", at: 1_500, verb: "UPDATE", source: "admission", changes: [] },
  ] as const;
  const waiting = episode("r", { since: 1_000, edits: EDITS });
  const healed = episode("r", {
    since: 1_000,
    decision: "healed",
    decisionAt: 61_000,
    edits: EDITS,
  });

  test("detected once, ended once, and how long the edit lived", () => {
    const { counted, tell } = counting();
    tell({ what: "drift", before: undefined, episode: waiting });
    tell({ what: "drift", before: waiting, episode: { ...waiting, decision: "suspended" } });
    tell({ what: "drift", before: waiting, episode: healed }, 62_000);
    tell({ what: "drift", before: healed, episode: { ...waiting, repeats: 1 } });
    tell({ what: "rests" });
    expect(counted).toEqual([
      ...["detected manual_drift", "ended healed", "healed 59.5", "detected manual_drift"],
    ]);
  });

  test.each(["committed", "undone"] as const)("%s: ended, and nothing was healed", decision => {
    const { counted, tell } = counting();
    tell({ what: "drift", before: waiting, episode: { ...waiting, decision } });
    expect(counted).toEqual([`ended ${decision}`]);
  });
});
