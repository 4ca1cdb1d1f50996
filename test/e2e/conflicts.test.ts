/** A field changed both in Git and by hand: conflictPolicy decides, and everything around it goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { closedRecords, edit, recordsOf, valuesOf } from "../support/hands";
import { record } from "../support/recorder";
import { conditionOf, useWorld } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const map = (data: Readonly<Record<string, string>>) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data });

async function start(spec: object, files: Readonly<Record<string, string>>) {
  const app = await world.app({ files, spec: { interval: "1s", ...spec } });
  await app.synced();
  const { namespace } = app;
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "a" };
  return {
    app,
    maps: await record<ConfigMap>(admin, "v1", "ConfigMap", { namespace }),
    write: async (data: object) => {
      await edit(admin, ref, { manager: "kubectl-edit", body: { data } });
      await app.until(({ driftCount }) => driftCount === 1);
    },
  };
}

const both = (one: string, two: string) => ({ "a.yaml": map({ one, two }) });

describe.concurrent.each([
  ["healPolicy manual", { healPolicy: "manual" }],
  ["a grace period", { healGracePeriod: "1h" }],
])("a conflict, with %s", (_, spec) => {
  it("conflictPolicy git: Git's value at once, recorded as a conflict that was healed", async () => {
    const { app, maps, write } = await start(spec, both("1", "1"));
    await write({ one: "hand" });
    const commit = await app.push(both("2", "1"));
    const { status } = await app.synced(commit);
    expect(await app.data("a")).toEqual({ one: "2", two: "1" });
    expect(status).toMatchObject({ driftCount: 0 });
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ class: "conflict", decision: "healed", commit });
    expect(closed.status.edits).toMatchObject([{ changes: [{ path: "data.one" }] }]);
    await maps.stop();
    expect(valuesOf(maps, "a", ({ data }) => data?.one)).toEqual(["hand", "2"]);
  });

  it("conflictPolicy live: it stays and is told as held, the rest lands; with git it lands too", async () => {
    const { app, maps, write } = await start({ ...spec, conflictPolicy: "live" }, both("1", "1"));
    await write({ one: "hand" });
    const commit = await app.push(both("2", "2"));
    await app.synced(commit);
    // the polls after it have forgotten nothing
    await sleep(3_000);
    expect(await app.data("a")).toEqual({ one: "hand", two: "2" });
    const { status } = await app.resource();
    const object = `ConfigMap/${app.namespace}/a`;
    expect(status).toMatchObject({
      phase: "Synced",
      lastSyncedCommit: commit,
      driftCount: 1,
      drift: [{ object, class: "conflict", fields: ["data.one"], decision: "left" }],
      pending: [{ object, commit, because: "held" }],
    });
    expect(conditionOf(status, "Drifted")).toMatchObject({ status: "True", reason: "Conflict" });
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    const [open, ...others] = await recordsOf(admin, app.namespace);
    expect(others).toEqual([]);
    expect(open?.status).toMatchObject({ state: "open", class: "conflict", decision: "left" });

    // a commit elsewhere does not end it
    await app.synced(await app.push(both("2", "3")));
    expect(await app.data("a")).toEqual({ one: "hand", two: "3" });
    expect((await app.resource()).status).toMatchObject({ drift: [{ class: "conflict" }] });

    await app.edit({ conflictPolicy: "git" });
    const after = await app.until(({ driftCount }) => driftCount === 0, 10_000);
    expect(await app.data("a")).toEqual({ one: "2", two: "3" });
    expect(after.status).not.toHaveProperty("pending");
    expect(conditionOf(after.status, "Drifted")).toBeUndefined();
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ class: "conflict", decision: "healed" });
    await maps.stop();
    expect(valuesOf(maps, "a", ({ data }) => data?.one)).toEqual(["hand", "2"]);
  });

  it("conflictPolicy live: a later commit with the live value ends it, and nothing is written there", async () => {
    const { app, maps, write } = await start({ ...spec, conflictPolicy: "live" }, both("1", "1"));
    await write({ one: "hand" });
    await app.synced(await app.push(both("2", "1")));
    await app.push(both("hand", "1"));
    const { status } = await app.until(({ driftCount }) => driftCount === 0);
    expect(status).not.toHaveProperty("pending");
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ decision: "committed" });
    await maps.stop();
    expect(valuesOf(maps, "a", ({ data }) => data?.one)).toEqual(["hand"]);
  });

  it("what a hand set and the commit does not touch: stays, while the rest lands around it", async () => {
    const { app, maps, write } = await start(spec, both("1", "1"));
    await write({ one: "hand" });
    const commit = await app.push({ "a.yaml": map({ one: "1", two: "2", three: "3" }) });
    const { status } = await app.synced(commit);
    expect(await app.data("a")).toEqual({ one: "hand", two: "2", three: "3" });
    expect(status).toMatchObject({ drift: [{ class: "manual_drift", fields: ["data.one"] }] });
    expect(status).not.toHaveProperty("pending");
    await maps.stop();
    expect(valuesOf(maps, "a", ({ data }) => data?.one)).toEqual(["hand"]);
  });

  it("live is at the new value already: no conflict, and the field is not written", async () => {
    const { app, maps, write } = await start(spec, both("1", "1"));
    await write({ one: "2" });
    const commit = await app.push(both("2", "2"));
    const { status } = await app.synced(commit);
    expect(await app.data("a")).toEqual({ one: "2", two: "2" });
    expect(status).toMatchObject({ driftCount: 0 });
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ class: "manual_drift", decision: "committed" });
    await maps.stop();
    expect(valuesOf(maps, "a", ({ data }) => data?.one)).toEqual(["2"]);
  });
});

const deployment = (replicas: number, image: string, env: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - {name: api, image: "${image}", env: [{name: A, value: "1"}${env}]}
`;

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: { readonly containers: readonly { image: string; env?: unknown }[] };
    };
  };
}

describe.concurrent("a Deployment whose image was set by hand", () => {
  it("a commit with replicas and a variable: both land, the image never moves, and is healed by its own time", async () => {
    const app = await world.app({
      files: { "d.yaml": deployment(1, "registry.invalid/a:1", "") },
      spec: { interval: "1s", healGracePeriod: "30s" },
    });
    await app.synced();
    const { namespace } = app;
    const deployments = await record<Deployment>(admin, "apps/v1", "Deployment", { namespace });
    const image = ["-n", namespace, "set", "image", "deploy/api", "api=hotfix:v1"];
    expect((await world.cluster.kubectl(image)).code).toBe(0);
    await app.until(({ driftCount }) => driftCount === 1);
    const next = deployment(2, "registry.invalid/a:1", ', {name: B, value: "2"}');
    await app.synced(await app.push({ "d.yaml": next }));
    const live = await app.object<Deployment>("apps/v1", "Deployment", "api");
    const env = [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ];
    expect(live.spec).toMatchObject({
      replicas: 2,
      template: { spec: { containers: [{ image: "hotfix:v1", env }] } },
    });
    await closedRecords(admin, namespace, 1, 60_000);
    await deployments.stop();
    const images = valuesOf(
      deployments,
      "api",
      ({ spec }) => spec.template.spec.containers[0]?.image,
    );
    // what the controller had written before comes first
    expect(images.slice(images.indexOf("hotfix:v1"))).toEqual([
      "hotfix:v1",
      "registry.invalid/a:1",
    ]);
  });
});
