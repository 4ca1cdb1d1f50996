/** Jobs that ended and were removed by their TTL: they ran, and nopea does not run them again. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../src/local/eventually";
import type { KubeObject } from "../../src/local/kube-types";
import { handsOn } from "../support/drift";
import { becomes } from "../support/hands";
import { useWorld, type App } from "../support/world";

const world = useWorld();

function job(args: string): string {
  return JSON.stringify({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "migrate" },
    spec: {
      ttlSecondsAfterFinished: 1,
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [{ name: "migrate", image: "registry.invalid/api:1.4", args: [args] }],
        },
      },
    },
  });
}

const refOf = ({ namespace }: App) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  namespace,
  name: "migrate",
});

interface Job extends KubeObject {
  readonly status?: { readonly startTime?: string };
}

const find = (app: App) => world.cluster.admin.find<KubeObject>(refOf(app));

/** As the job controller tells of it: there is no kubelet here. */
async function finish(app: App): Promise<void> {
  const now = new Date().toISOString();
  const condition = (type: string) => ({ type, status: "True", lastTransitionTime: now });
  await eventually(async () => {
    // it is the controller that tells when it began
    const { status } = await world.cluster.admin.get<Job>(refOf(app));
    const { startTime } = status ?? {};
    if (startTime === undefined) throw new Error("the Job has not begun");
    await world.cluster.admin.patch(refOf(app), { status: finished(startTime, now) }, "status");
    return true;
  }, 10_000);

  function finished(startTime: string, completionTime: string) {
    return {
      startTime,
      completionTime,
      active: 0,
      ready: 0,
      terminating: 0,
      succeeded: 1,
      uncountedTerminatedPods: null,
      conditions: [condition("SuccessCriteriaMet"), condition("Complete")],
    };
  }
}

/** Until the controller for TTLs has removed it. */
async function removed(app: App): Promise<void> {
  await eventually(async () => (await find(app)) === undefined, 20_000);
}

async function start(healPolicy = "auto") {
  const app = await world.app({
    files: { "job.yaml": job("one") },
    spec: { interval: "1s", healPolicy },
  });
  await app.synced();
  return { app, hands: handsOn(world, app) };
}

describe.concurrent("a Job with ttlSecondsAfterFinished", () => {
  it("it ended and its TTL removed it: not made anew and no drift, until Git changes it", async () => {
    const { app, hands } = await start();
    await finish(app);
    await removed(app);
    await sleep(4_000);
    expect(await find(app)).toBeUndefined();
    expect(await hands.records("migrate")).toEqual([]);
    const { status } = await app.resource();
    expect(status).toMatchObject({ phase: "Synced" });
    expect(status?.driftCount ?? 0).toBe(0);

    await app.push({ "other.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}" });
    await app.object("v1", "ConfigMap", "a");
    await sleep(1_000);
    expect(await find(app)).toBeUndefined();

    await app.synced(await app.push({ "job.yaml": job("two") }));
    expect(await find(app)).toMatchObject({
      spec: { template: { spec: { containers: [{ args: ["two"] }] } } },
    });
  });

  it("somebody deletes it before it has ended: made anew", async () => {
    const { app, hands } = await start();
    const before = await find(app);
    await world.cluster.admin.delete(refOf(app), { propagationPolicy: "Background" });
    const after = await eventually(async () => {
      const found = await find(app);
      return found?.metadata.uid === before?.metadata.uid ? undefined : found;
    }, 20_000);
    expect(after.metadata.deletionTimestamp).toBeUndefined();
    await hands.decided("migrate", "healed");
  });

  it("somebody deletes it after it has ended: it ran, and is not run again", async () => {
    const { app, hands } = await start();
    await finish(app);
    await world.cluster.admin.delete(refOf(app), { propagationPolicy: "Background" });
    await removed(app);
    await sleep(3_000);
    expect(await find(app)).toBeUndefined();
    // what the hook saw of it is dropped, since no drift confirms it
    await becomes(() => hands.records("migrate"), []);
  });
});

describe("the watcher is killed and started", () => {
  type Started = Awaited<ReturnType<typeof start>>;
  let before: Started;
  let meanwhile: Started;
  let changed: Started;
  let commit = "";

  beforeAll(async () => {
    const { watcher } = world.nopea;
    [before, meanwhile, changed] = await Promise.all([start(), start(), start()]);
    for (const { app } of [before, changed]) await finish(app);
    for (const { app } of [before, changed]) await removed(app);
    await sleep(500);
    await watcher.stop("SIGKILL");
    try {
      commit = await changed.app.push({ "job.yaml": job("two") });
      await finish(meanwhile.app);
      await removed(meanwhile.app);
    } finally {
      await watcher.start();
    }
    await Promise.all(
      [before, meanwhile].map(async ({ app }) => {
        await app.annotate({ "nopea.io/sync-at": "restarted" });
        await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt === "restarted", 40_000);
      }),
    );
    await sleep(2_000);
  });

  it("after the Job was removed: not made anew, and made when Git changes it", async () => {
    const { app, hands } = before;
    expect(await find(app)).toBeUndefined();
    expect(await hands.records("migrate")).toEqual([]);
    await app.synced(await app.push({ "job.yaml": job("two") }));
    expect(await find(app)).toBeDefined();
  });

  it("while the Job ended and was removed: not made anew", async () => {
    const { app, hands } = meanwhile;
    expect(await find(app)).toBeUndefined();
    expect(await hands.records("migrate")).toEqual([]);
  });

  it("while Git changed a Job that had ended and was removed: the new one runs", async () => {
    const { app } = changed;
    await app.synced(commit, 40_000);
    expect(await find(app)).toMatchObject({
      spec: { template: { spec: { containers: [{ args: ["two"] }] } } },
    });
  });
});
