/** healGracePeriod: an edit by hand stays for so long, counted from the edit, and is healed then, never earlier. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { closedRecords, edit, firstAfter, recordsWhen, valuesOf } from "../support/hands";
import { record } from "../support/recorder";
import { delivery, post } from "../support/webhooks";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const valueOf = ({ data }: ConfigMap) => data?.value;
const slack = 10_000;

/** An app with ConfigMap `a` = 1, a recorder of its namespace, and how a person edits it. */
async function patient(healGracePeriod: string, spec: object = {}) {
  const app = await world.app({
    files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
    spec: { interval: "1s", healGracePeriod, ...spec },
  });
  await app.synced();
  const maps = await record<ConfigMap>(admin, "v1", "ConfigMap", { namespace: app.namespace });
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: app.namespace, name: "a" };
  return {
    app,
    maps,
    /** When it was begun, on the recorder's clock. */
    write: async (value: string) => {
      const at = performance.now();
      await edit(admin, ref, { manager: "kubectl-edit", body: { data: { value } } });
      return at;
    },
    /** When `a` was first seen with the value after a time. */
    when: async (value: string, after: number) => {
      const fits = (object: ConfigMap) => object.metadata.name === "a" && valueOf(object) === value;
      return (await firstAfter(maps, after, fits, 50_000)).at;
    },
  };
}

const idOf = ({ namespace }: App, name = "a") => `ConfigMap/${namespace}/${name}`;

describe.concurrent("healGracePeriod", () => {
  it("an edit: the time left is told, it is healed when that is over; the next one has a full period again", async () => {
    const { app, maps, write, when } = await patient("6s");
    const first = await write("2");
    const { status } = await app.until(({ driftCount }) => driftCount === 1);
    expect(status?.drift).toMatchObject([
      {
        object: idOf(app),
        class: "manual_drift",
        fields: ["data.value"],
        decision: "waiting",
      },
    ]);
    const [open] = await recordsWhen(admin, app.namespace, { count: 1, state: "open" });
    const { since, until = "" } = open.status;
    const record = open.metadata.name;
    const left = Date.parse(until) - Date.parse(since);
    expect(left).toBeGreaterThanOrEqual(6_000);
    expect(left).toBeLessThanOrEqual(7_000);
    expect(conditionOf(status, "Drifted")).toMatchObject({ status: "True", reason: "ManualDrift" });
    expect(conditionOf(status, "Drifted")?.message).toContain(`${idOf(app)}: data.value`);
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    expect(status?.drift).toMatchObject([{ record, since, until }]);
    expect(open.status).toMatchObject({ decision: "waiting", reason: "grace period of 6s" });

    const healed = await when("1", first);
    expect(healed - first).toBeGreaterThanOrEqual(6_000);
    expect(healed - first).toBeLessThanOrEqual(6_000 + slack);
    const after = await app.until(({ driftCount }) => driftCount === 0);
    expect(conditionOf(after.status, "Drifted")).toBeUndefined();
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ state: "closed", decision: "healed" });

    const second = await write("3");
    const again = await when("1", second);
    expect(again - second).toBeGreaterThanOrEqual(6_000);
    expect(again - second).toBeLessThanOrEqual(6_000 + slack);
    await maps.stop();
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2", "1", "3", "1"]);
  });

  it("a commit to another object, a webhook, sync-at, edits of the spec meanwhile: never earlier, and the commit is in", async () => {
    const { app, maps, write, when } = await patient("25s");
    const at = await write("2");
    await app.until(({ driftCount }) => driftCount === 1);
    const commit = await app.push({ "b.yaml": configMap("b", "2") });
    const { httpUrl, webhookSecret } = world.nopea;
    const push = delivery("github/push", { secret: webhookSecret, branch: "main", commit });
    await post(`${httpUrl}/webhook/${app.namespace}/${app.name}`, push);
    await app.holds("b", "2");
    await app.annotate({ "nopea.io/sync-at": "now" });
    await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt === "now");
    await app.edit({ interval: "2s" });
    await app.edit({ healGracePeriod: "1s", path: "/" });
    await app.edit({ healGracePeriod: "1h" });
    await app.edit({ healGracePeriod: null });
    expect(performance.now() - at).toBeLessThan(25_000);
    const healed = await when("1", at);
    expect(healed - at).toBeGreaterThanOrEqual(25_000);
    expect(healed - at).toBeLessThanOrEqual(25_000 + slack);
    await maps.stop();
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2", "1"]);
    await closedRecords(admin, app.namespace);
  });

  it("a commit with the live value: it never changes, and the record is closed as committed", async () => {
    const { app, maps, write } = await patient("15s");
    await write("2");
    await app.until(({ driftCount }) => driftCount === 1);
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    const { status } = await app.until(
      ({ driftCount, lastSyncedCommit }) => driftCount === 0 && lastSyncedCommit === commit,
    );
    expect(conditionOf(status, "Drifted")).toBeUndefined();
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ class: "manual_drift", decision: "committed", commit });
    await sleep(15_000);
    await maps.stop();
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2"]);
  });

  it("a second edit of the same field: both are told, and the time of the first one counts", async () => {
    const { app, maps, write, when } = await patient("12s");
    const first = await write("2");
    await sleep(7_000);
    const second = await write("3");
    const healed = await when("1", second);
    expect(healed - first).toBeGreaterThanOrEqual(12_000);
    expect(healed - second).toBeLessThan(11_500);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.edits).toHaveLength(2);
    await maps.stop();
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2", "3", "1"]);
  });

  it("an edit that is undone by hand: closed as undone; the next edit has a full period", async () => {
    const { app, maps, write, when } = await patient("15s");
    await write("2");
    await app.until(({ driftCount }) => driftCount === 1);
    await sleep(1_500);
    await write("1");
    await app.until(({ driftCount }) => driftCount === 0);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ decision: "undone" });
    const again = await write("3");
    const healed = await when("1", again);
    expect(healed - again).toBeGreaterThanOrEqual(15_000);
    expect(healed - again).toBeLessThanOrEqual(15_000 + slack);
    await maps.stop();
    expect(valuesOf(maps, "a", valueOf)).toEqual(["2", "1", "3", "1"]);
    await closedRecords(admin, app.namespace, 2);
  });

  it("set while an edit waits for nothing (healPolicy manual): auto then heals at once", async () => {
    const { app, write, when } = await patient("1h", {
      healGracePeriod: null,
      healPolicy: "manual",
    });
    const at = await write("2");
    await app.until(({ driftCount }) => driftCount === 1);
    const asked = performance.now();
    await app.edit({ healPolicy: "auto" });
    expect((await when("1", at)) - asked).toBeLessThan(slack);
  });
});
