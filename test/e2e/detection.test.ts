/** Edits are found by watching alone: without Git, without a commit, and after spec.suspend. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { handsOn } from "../support/drift";
import { configMap, useWorld, type AppOptions } from "../support/world";

const world = useWorld();
/** Two intervals of 5 s and the slack of another. */
const limitMs = 2 * 5_000 + 5_000;

async function start(options: AppOptions = {}) {
  const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
  const app = await world.app({ files, ...options });
  return { app, hands: handsOn(world, app) };
}

describe.concurrent("things that fail", () => {
  it("the first sync failed for one object: an edit of another is healed all the same", async () => {
    const { app, hands } = await start({
      files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("Not_A_Name", "1") },
    });
    await app.failed(/Not_A_Name/);
    await app.holds("a", "1");
    await hands.set("a", "by hand");
    await app.holds("a", "1", limitMs);
  });

  it("the first sync failed altogether: once it is mended, edits are healed", async () => {
    const { app, hands } = await start({ files: { "a.yaml": "- no object\n" } });
    await app.failed(/a\.yaml/);
    await app.synced(await app.push({ "a.yaml": configMap("a", "1") }));
    await hands.set("a", "by hand");
    await app.holds("a", "1", limitMs);
  });

  it("a later commit cannot be read: edits are still healed to the last one that could", async () => {
    const { app, hands } = await start();
    await app.synced();
    await app.push({ "b.yaml": "- no object\n" });
    await app.failed(/b\.yaml/);
    await hands.set("a", "by hand");
    await app.holds("a", "1", limitMs);
  });

  it("Git has gone: an edit and a deletion are healed, also when they come while a look at it hangs", async () => {
    const { app, hands } = await start({ spec: { interval: "1s", timeout: "20s" } });
    await app.synced();
    const repository = `${app.namespace}/app`;
    world.git().behave(repository, { status: 503 });
    await app.until(({ phase }) => phase === "Failed");
    await hands.set("a", "by hand");
    await app.holds("a", "1", limitMs);
    world.git().behave(repository, { hang: true });
    await sleep(3_000);
    await hands.remove("a");
    await app.holds("a", "1", limitMs);
    world.git().behave(repository, {});
  });
});

describe.concurrent("spec.suspend", () => {
  it.each([
    ["at once", {}, 0],
    ["after a full grace period, which begins then", { healGracePeriod: "3s" }, 2_900],
  ])(
    "edits made while it is true: no write meanwhile, healed %s when it is false",
    async (_, spec, earliest) => {
      const { app, hands } = await start({ spec: { interval: "1s", ...spec } });
      await app.synced();
      await app.edit({ suspend: true });
      await app.until(({ phase }) => phase === "Suspended");
      const mark = await world.mark();
      await hands.set("a", "by hand");
      await hands.remove("b");
      await sleep(5_000);
      const writes = await world.writes(mark);
      const ours = writes.filter(({ namespace }) => namespace === app.namespace);
      // that somebody is about to delete is left word of, whatever nopea does about it
      expect(ours.filter(write => !write.resource.startsWith("driftrecords"))).toEqual([]);
      const records = await hands.records("b");
      expect(records.every(({ status }) => status?.state === "pending")).toBe(true);
      const at = Date.now();
      await app.edit({ suspend: false });
      await app.holds("a", "1", 10_000 + earliest);
      await app.holds("b", "1", 10_000 + earliest);
      expect(Date.now() - at).toBeGreaterThanOrEqual(earliest);
      expect(await hands.decided("a", "healed")).toBeDefined();
    },
  );

  it("an edit made while it is true, and healPolicy manual: shown as left when it is false, and neither healed nor forgotten", async () => {
    const { app, hands } = await start({ spec: { interval: "1s", healPolicy: "manual" } });
    await app.synced();
    await app.edit({ suspend: true });
    await app.until(({ phase }) => phase === "Suspended");
    await hands.set("a", "by hand");
    await app.edit({ suspend: false });
    await hands.shown("a", "left");
    await sleep(2_500);
    expect(await app.data("a")).toEqual({ value: "by hand" });
    expect(await hands.records("a")).toHaveLength(1);
  });

  it("in the middle of a grace period: nothing is healed at its end, and after it is false no earlier than the deadline", async () => {
    const { app, hands } = await start({ spec: { interval: "1s", healGracePeriod: "8s" } });
    await app.synced();
    await hands.set("a", "by hand");
    await hands.shown("a", "waiting");
    await app.edit({ suspend: true });
    await sleep(10_000);
    expect(await app.data("a")).toEqual({ value: "by hand" });
    await app.edit({ suspend: false });
    await app.holds("a", "1");
    expect(await hands.records("a")).toHaveLength(1);
  });
});
