/** How long a suspension runs does not depend on restarts of the watcher. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { handsOn, SUSPEND } from "../support/drift";
import { atOnce } from "../support/hands";
import { configMap, useWorld } from "../support/world";

const world = useWorld();

async function start() {
  const files = { "a.yaml": configMap("a", "1") };
  const app = await world.app({ files, spec: { interval: "1h" } });
  await app.synced();
  return { app, hands: handsOn(world, app) };
}

const isSuspended = ({ suspended = [] }: { suspended?: readonly unknown[] }) =>
  suspended.length === 1;

describe("a restart of the watcher", () => {
  it("a duration that runs: it goes on from where it was, and does not start anew", async () => {
    const { app, hands } = await start();
    const at = Date.now();
    await hands.set("a", "hotfix", { [SUSPEND]: "30s" });
    const { status } = await app.until(isSuspended);
    const until = status?.suspended?.[0]?.until;
    // begun anew it would end so much later
    await sleep(12_000);
    await world.nopea.watcher.restart();
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    const again = await app.until(isSuspended);
    expect(again.status?.suspended?.[0]?.until).toBe(until);
    await app.holds("a", "1", 45_000);
    expect(Date.now()).toBeGreaterThan(at + 29_900);
    expect(Date.now()).toBeLessThan(Date.parse(until ?? "") + atOnce);
    expect(await hands.suspension("a")).toEqual([]);
  });

  it("a duration that ended while it was away: healed right after the start", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", { [SUSPEND]: "6s" });
    await app.until(isSuspended);
    await world.nopea.watcher.stop("SIGKILL");
    await sleep(6_000);
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    await world.nopea.watcher.start();
    await app.holds("a", "1", 10_000);
    expect(await hands.suspension("a")).toEqual([]);
  });
});
