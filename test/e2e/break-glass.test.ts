/** nopea.io/suspend-heal: what it holds off, what goes on beside it, and what its removal starts. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { atOnce } from "../support/hands";
import { deployment, handsOn, SUSPEND } from "../support/drift";
import { record } from "../support/recorder";
import { configMap, useWorld, type App, type AppOptions } from "../support/world";

const world = useWorld();
const on = { [SUSPEND]: "true" };
const off = { [SUSPEND]: null };

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
  };
}

const imageOf = ({ spec }: Deployment) => spec.template.spec.containers[0]?.image;

async function start(options: AppOptions = {}) {
  const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
  const app = await world.app({ files, ...options, spec: { interval: "1s", ...options.spec } });
  await app.synced();
  return { app, hands: handsOn(world, app) };
}

/** The two commands as the specification has them. */
async function breakGlass({ namespace }: App): Promise<void> {
  for (const command of [
    ["annotate", "deploy/api", "nopea.io/suspend-heal=true"],
    ["set", "image", "deploy/api", "image=hotfix-v1"],
  ]) {
    expect(await world.cluster.kubectl(["-n", namespace, ...command])).toMatchObject({ code: 0 });
  }
}

describe.concurrent("a hotfix under the annotation", () => {
  it("polls, a look that is asked for, a commit to another object, an edit of the GitRepository: it stays until the annotation goes, and then it is healed at once", async () => {
    const { app, hands } = await start({
      files: { "api.yaml": deployment("api", "api:1"), "b.yaml": configMap("b", "1") },
    });
    const { namespace } = app;
    await breakGlass(app);
    const seen = await record<Deployment>(world.cluster.admin, "apps/v1", "Deployment", {
      namespace,
    });
    const object = `Deployment.apps/${namespace}/api`;
    const { status } = await app.until(({ drift = [] }) => drift.length > 0, atOnce);
    expect(status?.drift).toMatchObject([
      {
        object,
        class: "manual_drift",
        fields: ["spec.template.spec.containers[name=image].image"],
        decision: "suspended",
      },
    ]);
    expect(status?.suspended).toMatchObject([{ object }]);
    await sleep(3_000);
    await app.annotate({ "nopea.io/sync-at": "now" });
    await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt === "now");
    const commit = await app.push({ "b.yaml": configMap("b", "2") });
    await app.synced(commit);
    expect(await app.data("b")).toEqual({ value: "2" });
    await app.edit({ interval: "2s", healPolicy: "manual" });
    await app.edit({ healPolicy: "auto" });
    await hands.set("b", "by hand");
    await app.holds("b", "2", atOnce);
    await sleep(3_000);
    const after = await app.resource();
    expect(after.status?.drift).toMatchObject([{ object, decision: "suspended" }]);
    expect(after.status?.pending ?? []).toEqual([]);
    expect(seen.events.filter(event => imageOf(event.object) !== "hotfix-v1")).toEqual([]);

    const resume = ["-n", namespace, "annotate", "deploy/api", "nopea.io/suspend-heal-"];
    expect(await world.cluster.kubectl(resume)).toMatchObject({ code: 0 });
    const resumed = await seen.until(
      ({ object: { metadata } }) => metadata.annotations?.[SUSPEND] === undefined,
    );
    const healed = await seen.until(event => imageOf(event.object) === "api:1");
    expect(healed.at - resumed.at).toBeLessThan(atOnce);
    await app.until(({ drift = [], suspended = [] }) => drift.length + suspended.length === 0);
    // written apart from the status
    await hands.decided("api", "healed");
    expect(await hands.records("api")).toMatchObject([{ status: { decision: "healed" } }]);
    await seen.stop();
  });

  it("a commit to the annotated object: it waits as pending and the commit counts as in, the rest of it lands; all of it is in when the annotation goes", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", on);
    const commit = await app.push({ "a.yaml": configMap("a", "2"), "b.yaml": configMap("b", "2") });
    const { status } = await app.synced(commit);
    const object = `ConfigMap/${app.namespace}/a`;
    expect(status?.pending).toEqual([{ object, commit, because: "suspended" }]);
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    expect(await app.data("b")).toEqual({ value: "2" });
    await sleep(2_500);
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    await hands.annotate("a", off);
    await app.holds("a", "2");
    await app.until(({ pending = [] }) => pending.length === 0);
  });

  it("a commit to an annotated object that nobody has edited: it waits too", async () => {
    const { app, hands } = await start();
    await hands.annotate("a", on);
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    const { status } = await app.synced(commit);
    expect(status?.pending).toMatchObject([{ commit, because: "suspended" }]);
    expect(status?.driftCount ?? 0).toBe(0);
    await hands.annotate("a", off);
    await app.holds("a", "2");
    expect(await hands.records("a")).toEqual([]);
  });

  it("set in the very edit that changes a field: it holds, and is not drift by itself", async () => {
    const { app, hands } = await start();
    const { metadata } = await hands.set("a", "hotfix", on);
    await hands.shown("a", "suspended", atOnce);
    const { status } = await app.resource();
    expect(status?.drift).toMatchObject([{ fields: ["data.value"] }]);
    await sleep(3_000);
    expect((await hands.get("a")).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it("set in the very edit that takes nopea's labels off: it holds too, until it goes", async () => {
    const { app, hands } = await start();
    const labels = { "nopea.io/repository": null, "nopea.io/repository-namespace": null };
    await world.cluster.admin.patch(hands.map("a"), {
      data: { value: "hotfix" },
      metadata: { labels, annotations: on },
    });
    await app.until(({ suspended = [] }) => suspended.length === 1);
    await sleep(3_000);
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    expect((await app.resource()).status?.suspended).toMatchObject([
      { object: `ConfigMap/${app.namespace}/a` },
    ]);
    await hands.annotate("a", off);
    // nothing tells of an object without our label: it is asked for at the interval
    await app.holds("a", "1");
  });

  it("edits of other objects: healed as ever", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", on);
    await hands.shown("a", "suspended");
    await hands.set("b", "by hand");
    await app.holds("b", "1");
    expect(await app.data("a")).toEqual({ value: "hotfix" });
  });

  it("the annotated object is deleted: that ends the suspension, and it is made anew", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", on);
    await hands.shown("a", "suspended");
    await hands.remove("a");
    await app.holds("a", "1", atOnce);
    expect(await hands.suspension("a")).toEqual([]);
    await app.until(({ suspended = [], drift = [] }) => suspended.length + drift.length === 0);
  });
});

describe.concurrent("the annotation goes", () => {
  it("with a grace period: a full new one, counted from the removal", async () => {
    const { app, hands } = await start({ spec: { healGracePeriod: "8s" } });
    await hands.set("a", "hotfix", on);
    await sleep(9_000);
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    const seen = await hands.recorder();
    // before it is asked for: the API server may have taken it in long before the answer is here
    const removedAt = performance.now();
    await hands.annotate("a", off);
    await hands.shown("a", "waiting", atOnce);
    const healed = await seen.until(({ object: { data } }) => data?.value === "1");
    expect(healed.at - removedAt).toBeGreaterThan(7_950);
    // a deadline is a whole second, as records hold them
    expect(healed.at - removedAt).toBeLessThan(8_000 + atOnce);
    expect(await hands.records("a")).toHaveLength(1);
    await seen.stop();
  });

  it("the object is as in Git by then: its fields are not touched, and the episode was undone", async () => {
    const { app, hands } = await start();
    await hands.set("a", "hotfix", on);
    await hands.shown("a", "suspended");
    await hands.set("a", "1");
    await hands.decided("a", "undone");
    const seen = await hands.recorder();
    await hands.annotate("a", off);
    await sleep(2_500);
    await seen.stop();
    const ofA = seen.events.filter(({ object }) => object.metadata.name === "a");
    expect(new Set(ofA.map(({ object: { data } }) => data?.value))).toEqual(new Set(["1"]));
    // the removal, and at most nopea taking back the ownership of what was edited
    expect(ofA.length).toBeLessThanOrEqual(2);
    expect(await hands.records("a")).toHaveLength(1);
    await app.until(({ suspended = [], drift = [] }) => suspended.length + drift.length === 0);
  });
});

describe.concurrent("status.suspended", () => {
  it("an object that has not drifted: listed with its reason as long as it is annotated, and nothing is drift", async () => {
    const { app, hands } = await start();
    await hands.annotate("a", { ...on, "nopea.io/suspend-heal-reason": "INC-4711" });
    const { status } = await app.until(({ suspended = [] }) => suspended.length > 0, atOnce);
    const object = `ConfigMap/${app.namespace}/a`;
    expect(status?.suspended).toMatchObject([{ object, reason: "INC-4711" }]);
    expect(status).not.toHaveProperty("drift.0");
    await hands.annotate("a", { [SUSPEND]: null });
    await app.until(({ suspended = [] }) => suspended.length === 0, atOnce);
    expect(await hands.records("a")).toEqual([]);
  });

  it("the annotation in Git: neither on the object nor listed, and an edit is healed", async () => {
    const text = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", annotations: { [SUSPEND]: "true", "team.example/owner": "web" } },
      data: { value: "1" },
    });
    const { app, hands } = await start({ files: { "a.yaml": text } });
    expect(await hands.suspension("a")).toEqual([]);
    await hands.set("a", "by hand");
    await app.holds("a", "1");
    expect((await app.resource()).status?.suspended ?? []).toEqual([]);
    expect((await hands.get("a")).metadata.annotations).toMatchObject({
      "team.example/owner": "web",
    });
  });
});
