/** What no object can tell of, since it is gone: who deleted it. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startRefusingWebhook } from "../support/admission-webhook";
import { eventually } from "../support/cluster";
import { becomes, recordsOf, type DriftRecordObject } from "../support/hands";
import { usePeople } from "../support/people";
import { isClosed, isNamed, recordAbout, recordsAbout, untilWho } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;

type Spec = Readonly<Record<string, unknown>>;
const start = (spec: Spec = {}) =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, spec, watches: { configmaps: "a" } });
const remove = ["delete", "configmap", "a"];
const refOf = ({ namespace }: App) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name: "a",
});
const isHealed = (record: DriftRecordObject) => isClosed(record) && isNamed(record);
const byLarry = { by: "larry", groups: ["sre"], source: "admission" };

describe.concurrent("larry deletes", () => {
  it("healPolicy auto: he is told that it comes back; it does, and the record has his name", async () => {
    const app = await start();
    const { uid } = (await admin.get(refOf(app))).metadata;
    const { warnings } = await larry.types(app, remove);
    expect(warnings).toEqual([
      `ConfigMap a is declared by GitRepository ${app.namespace}/app: it will be made anew at once.`,
      "To have it gone for good, remove it from Git.",
    ]);
    const { spec, status } = await recordAbout(world, app, "a", { fits: isHealed });
    expect(spec.object.uid).toBe(uid);
    expect(status).toMatchObject({ decision: "healed", edits: [{ ...byLarry, verb: "DELETE" }] });
    expect(status.edits).toHaveLength(1);
    expect(await app.data("a")).toEqual({ value: "1" });
    // what the hook wrote of it is taken away once it is in the record
    await eventually(async () => (await recordsAbout(world, app, "a")).length === 1, 10_000);
  });

  it("healPolicy manual: it stays deleted, and the status has his name", async () => {
    const app = await start({ healPolicy: "manual" });
    const { warnings } = await larry.types(app, remove);
    expect(warnings[0]).toContain("it stays deleted and is reported (healPolicy manual)");
    const { status } = await recordAbout(world, app, "a", {
      fits: record => record.status.state === "open" && isNamed(record),
    });
    expect(status).toMatchObject({ state: "open", edits: [{ ...byLarry, verb: "DELETE" }] });
    await untilWho(app, "/a", "larry");
    await sleep(12_000);
    expect(await recordsAbout(world, app, "a")).toMatchObject([{ status: { state: "open" } }]);
  });

  it("after an edit by ann: both are named", async () => {
    const app = await start({ healPolicy: "manual" });
    const body = '{"data":{"value":"2"}}';
    await ann.types(app, ["patch", "configmap", "a", "--type=merge", "-p", body]);
    await untilWho(app, "/a", "ann");
    await larry.types(app, remove);
    await eventually(async () => {
      const found = await recordsAbout(world, app, "a");
      const edits = found.flatMap(({ status }) => status.edits);
      const told = edits.map(({ by, verb }) => `${by} ${verb}`);
      expect(told).toEqual(["ann UPDATE", "larry DELETE"]);
      expect(found.some(({ status }) => status.state === "pending")).toBe(false);
      return true;
    }, 20_000);
  });

  it("many at once, by a label: each has a record with his name", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const text = (name: string) =>
      configMap(name, "1").replace(`"name":"${name}"`, `"name":"${name}","labels":{"tier":"web"}`);
    const app = await people.app({
      files: Object.fromEntries(names.map(name => [`${name}.yaml`, text(name)])),
      watches: { configmaps: "a" },
    });
    await larry.types(app, ["delete", "configmap", "--all=false", "-l", "tier=web"]);
    await Promise.all(
      names.map(async name => {
        const { status } = await recordAbout(world, app, name, { fits: isHealed });
        expect(status.edits).toMatchObject([{ ...byLarry, verb: "DELETE" }]);
        await app.holds(name, "1");
      }),
    );
    await larry.types(app, ["delete", "configmap", "--all"]);
    await Promise.all(names.map(name => app.holds(name, "1")));
    await eventually(async () => {
      const records = await recordsOf(admin, app.namespace);
      expect(records).toHaveLength(10);
      expect(records.every(isClosed)).toBe(true);
      const told = records.flatMap(({ status }) => status.edits.map(({ by }) => by));
      expect(new Set(told)).toEqual(new Set(["larry"]));
      return true;
    }, 10_000);
  });

  it("an object that somebody holds with a finalizer: told once it is going, and back when it is gone", async () => {
    const app = await start();
    const finalizers = ["people.example/hold"];
    await admin.patch(refOf(app), { metadata: { finalizers } });
    await larry.types(app, [...remove, "--wait=false"]);
    await sleep(12_000);
    await admin.patch(refOf(app), { metadata: { finalizers: null } });
    await eventually(async () => {
      const { metadata } = await app.object("v1", "ConfigMap", "a");
      return metadata.deletionTimestamp === undefined;
    }, 10_000);
    const { status } = await recordAbout(world, app, "a", { fits: isHealed });
    expect(status.edits).toMatchObject([{ ...byLarry, verb: "DELETE" }]);
  });
});

describe.concurrent("a deletion that does not happen", () => {
  const expectNone = async (app: App) => {
    await sleep(12_000);
    await becomes(() => recordsAbout(world, app, "a"), []);
    expect(await app.data("a")).toEqual({ value: "1" });
    expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });
  };

  it("a dry run leaves no record", async () => {
    const app = await start();
    await larry.types(app, [...remove, "--dry-run=server"]);
    expect(await recordsAbout(world, app, "a")).toEqual([]);
    await expectNone(app);
  });

  it("what another hook refuses leaves a record for seconds at most", async () => {
    const app = await start();
    const { namespace } = app;
    const hook = await startRefusingWebhook(admin, { namespace, resource: "configmaps" });
    await eventually(async () => {
      await larry.tries(app, [...remove, "--dry-run=server"]);
      return hook.requests.length > 0;
    }, 10_000);
    const { code } = await larry.tries(app, remove);
    expect(code).toBe(1);
    const pending = await recordsAbout(world, app, "a");
    await hook.stop();
    expect(pending).toMatchObject([{ status: { state: "pending", edits: [byLarry] } }]);
    await expectNone(app);
  });
});
