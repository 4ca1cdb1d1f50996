/** healPolicy manual and notify: edits by hand are told of and left alone, while commits go on as ever. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { closedRecords, edit, recordsOf, valuesOf } from "../support/hands";
import { record } from "../support/recorder";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const dataOf = ({ data }: ConfigMap) => data;
const pair = (one: string, two: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
    data: { one, two },
  });
const refOf = ({ namespace }: App, name = "a") => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name,
});
const write = (app: App, data: object) =>
  edit(admin, refOf(app), { manager: "kubectl-edit", body: { data } });
const drifted = (app: App) => app.until(({ driftCount }) => driftCount === 1);
const calm = (app: App) => app.until(({ driftCount }) => driftCount === 0, 10_000);

describe.concurrent.each(["manual", "notify"])("healPolicy %s", healPolicy => {
  const start = async (files: Readonly<Record<string, string>>) => {
    const app = await world.app({ files, spec: { interval: "1s", healPolicy } });
    await app.synced();
    const namespace = app.namespace;
    return { app, maps: await record<ConfigMap>(admin, "v1", "ConfigMap", { namespace }) };
  };

  it("an edit stays through ten polls, one record and the status tell of it; auto: healed within 5 s", async () => {
    const { app, maps } = await start({ "a.yaml": configMap("a", "1") });
    const mark = await world.mark();
    await write(app, { value: "2" });
    await drifted(app);
    await sleep(10_000);
    const { status } = await app.resource();
    expect(status).toMatchObject({ phase: "Synced", driftCount: 1, lastSyncedCommit: app.commit });
    const [open, ...others] = await recordsOf(admin, app.namespace);
    expect(others).toEqual([]);
    expect(open?.status).toMatchObject({
      state: "open",
      decision: "left",
      reason: `healPolicy ${healPolicy} leaves it to people`,
    });
    expect(status?.drift).toMatchObject([
      {
        object: `ConfigMap/${app.namespace}/a`,
        class: "manual_drift",
        fields: ["data.value"],
        decision: "left",
        record: open?.metadata.name,
      },
    ]);
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    expect(conditionOf(status, "Drifted")).toMatchObject({ status: "True", reason: "ManualDrift" });
    const writes = (await world.writes(mark)).filter(
      ({ namespace }) => namespace === app.namespace,
    );
    expect(writes.filter(({ resource }) => resource === "configmaps")).toEqual([]);
    // the record: made, and its status
    expect(writes.length).toBeLessThanOrEqual(2);

    await app.edit({ healPolicy: "auto" });
    await app.holds("a", "1");
    const after = await calm(app);
    expect(conditionOf(after.status, "Drifted")).toBeUndefined();
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ decision: "healed" });
    // a watch may be behind what was just read
    await maps.until(({ object }) => object.data?.value === "1");
    await maps.stop();
    expect(valuesOf(maps, "a", dataOf)).toEqual([{ value: "2" }, { value: "1" }]);
  });

  it("a commit to what nobody touched: in, whatever is edited elsewhere in the object and beside it", async () => {
    const { app, maps } = await start({ "a.yaml": pair("1", "1"), "b.yaml": configMap("b", "1") });
    await app.push({ "a.yaml": pair("1", "2") });
    await app.synced(await app.push({ "b.yaml": configMap("b", "2") }));
    await write(app, { one: "hand" });
    await drifted(app);
    const commit = await app.push({ "a.yaml": pair("1", "3"), "b.yaml": configMap("b", "3") });
    const { status } = await app.synced(commit);
    expect(await app.data("a")).toEqual({ one: "hand", two: "3" });
    expect(await app.data("b")).toEqual({ value: "3" });
    expect(status).toMatchObject({
      driftCount: 1,
      drift: [{ class: "manual_drift", fields: ["data.one"], decision: "left" }],
    });
    expect(status).not.toHaveProperty("pending");
    await maps.stop();
    const ones = valuesOf(maps, "a", ({ data }) => data?.one);
    expect(ones.at(-1)).toBe("hand");
    expect(ones.filter(value => value === "hand")).toHaveLength(1);
    expect(await recordsOf(admin, app.namespace)).toHaveLength(1);
  });

  it("a commit with the live value: committed, and the field is not written; put back by hand: undone", async () => {
    const { app, maps } = await start({ "a.yaml": configMap("a", "1") });
    await write(app, { value: "2" });
    await drifted(app);
    await app.push({ "a.yaml": configMap("a", "2") });
    await calm(app);
    const [committed] = await closedRecords(admin, app.namespace);
    expect(committed.status).toMatchObject({ class: "manual_drift", decision: "committed" });
    await write(app, { value: "3" });
    await drifted(app);
    await write(app, { value: "2" });
    await calm(app);
    // written apart from the status
    await eventually(async () => {
      const records = await recordsOf(admin, app.namespace);
      expect(records.at(-1)?.status).toMatchObject({ state: "closed", decision: "undone" });
      return true;
    }, 10_000);
    // who edits it next is seen again
    await write(app, { value: "4" });
    await drifted(app);
    await maps.until(({ object }) => object.data?.value === "4");
    await maps.stop();
    const values = valuesOf(maps, "a", ({ data }) => data?.value);
    expect(values).toEqual(["2", "3", "2", "4"]);
  });

  it("a foreign key, an edit to the same value: nothing to tell", async () => {
    const { app, maps } = await start({ "a.yaml": configMap("a", "1") });
    await write(app, { value: "1", other: "2" });
    await sleep(2_000);
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
    expect((await app.resource()).status).toMatchObject({ driftCount: 0 });
    await maps.stop();
  });
});
