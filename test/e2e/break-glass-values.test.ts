/** The values of nopea.io/suspend-heal: which of them suspend, until when, and what is left of them afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { handsOn, SUSPEND } from "../support/drift";
import { atOnce } from "../support/hands";
import { configMap, useWorld, type AppOptions } from "../support/world";

const world = useWorld();

async function start(spec: AppOptions["spec"] = {}) {
  const files = { "a.yaml": configMap("a", "1") };
  const app = await world.app({ files, spec: { interval: "1h", ...spec } });
  await app.synced();
  return { app, hands: handsOn(world, app) };
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const isSuspended = ({ suspended = [] }: { suspended?: readonly unknown[] }) =>
  suspended.length === 1;

describe.concurrent("values without an end", () => {
  it.each(["true", "1", "yes"])("%s: suspended until removed, and the value stays", async value => {
    const { app, hands } = await start();
    const { metadata } = await hands.set("a", "hotfix", { [SUSPEND]: value });
    await app.until(isSuspended);
    await sleep(3_000);
    const after = await hands.get("a");
    expect(after.metadata.resourceVersion).toBe(metadata.resourceVersion);
    expect(after.metadata.annotations?.[SUSPEND]).toBe(value);
    await hands.annotate("a", { [SUSPEND]: null });
    await app.holds("a", "1");
  });

  it.each(["false", "", "no", "TRUE", "tomorrow", "-4h", "4 hours", "2026-13-45"])(
    '"%s": not suspended, healed at once, and the annotation is left to whoever set it',
    async value => {
      const { app, hands } = await start();
      await hands.set("a", "hotfix", { [SUSPEND]: value });
      await app.holds("a", "1");
      expect((await app.resource()).status?.suspended ?? []).toEqual([]);
      expect((await hands.get("a")).metadata.annotations?.[SUSPEND]).toBe(value);
    },
  );

  it("from true to false: ends the suspension as its removal does", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", { [SUSPEND]: "true" });
    await app.until(isSuspended);
    await hands.annotate("a", { [SUSPEND]: "false" });
    await app.holds("a", "1");
  });
});

describe.concurrent("values with an end", () => {
  it.each([
    ["10s", () => "10s"],
    ["an RFC 3339 time 10 s ahead", () => inSeconds(10)],
  ])(
    "%s: suspended until then, then the annotation and its companions go and the edit is healed, with no trigger",
    async (_, make) => {
      const { app, hands } = await start();
      const seen = await hands.recorder();
      const at = Date.now();
      const companions = { "nopea.io/suspend-heal-reason": "INC-4711" };
      await hands.set("a", "hotfix", { [SUSPEND]: make(), ...companions });
      const { status } = await app.until(isSuspended);
      const until = Date.parse(status?.suspended?.[0]?.until ?? "");
      // nopea may see the edit late, and the status holds whole seconds
      expect(until).toBeGreaterThanOrEqual(at + 9_000);
      expect(until).toBeLessThan(at + 10_000 + atOnce);
      await app.holds("a", "1");
      expect(Date.now() - at).toBeGreaterThan(9_900);
      expect(Date.now()).toBeLessThan(until + atOnce);
      expect(await hands.suspension("a")).toEqual([]);
      const early = seen.events.find(
        ({ object: { data, metadata } }) =>
          data?.value === "1" && metadata.annotations?.[SUSPEND] !== undefined,
      );
      // healed only after, or with, the removal
      expect(early).toBeUndefined();
      await app.until(({ suspended = [], drift = [] }) => suspended.length + drift.length === 0);
      // written apart from the status
      await hands.decided("a", "healed");
      expect(await hands.records("a")).toMatchObject([{ status: { decision: "healed" } }]);
      await seen.stop();
    },
  );

  it("the same duration again after it has ended: it suspends again, for as long", async () => {
    const { app, hands } = await start();
    for (const edit of ["first", "second"]) {
      const at = Date.now();
      await hands.set("a", edit, { [SUSPEND]: "3s" });
      await app.holds("a", "1");
      expect(Date.now() - at).toBeGreaterThan(2_900);
    }
  });

  it("it ends on an object that is as in Git: the annotation goes, nothing else is written", async () => {
    const { app, hands } = await start();
    await hands.annotate("a", { [SUSPEND]: "6s" });
    await app.until(isSuspended);
    await app.until(({ suspended = [] }) => suspended.length === 0);
    expect(await hands.suspension("a")).toEqual([]);
    expect(await hands.records("a")).toEqual([]);
  });

  it("it ends with a grace period: a full one begins then", async () => {
    const { app, hands } = await start({ healGracePeriod: "8s" });
    const at = Date.now();
    await hands.set("a", "hotfix", { [SUSPEND]: "2s" });
    await hands.shown("a", "waiting");
    expect(await hands.suspension("a")).toEqual([]);
    await app.holds("a", "1");
    expect(Date.now() - at).toBeGreaterThan(9_900);
  });

  it("a time that has passed: not suspended, healed at once", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", { [SUSPEND]: inSeconds(-60) });
    await app.holds("a", "1");
  });

  it("a longer time is set meanwhile: the new end counts", async () => {
    const { app, hands } = await start();
    const at = Date.now();
    await hands.set("a", "hotfix", { [SUSPEND]: "6s" });
    await app.until(isSuspended);
    await hands.annotate("a", { [SUSPEND]: inSeconds(12) });
    await app.holds("a", "1");
    expect(Date.now() - at).toBeGreaterThan(11_900);
  });
});
