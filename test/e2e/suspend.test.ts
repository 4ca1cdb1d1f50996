/** spec.suspend: no request to Git and no write to objects while it is true, from any path. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { delivery, post } from "../support/webhooks";
import { configMap, conditionOf, useWorld, type App } from "../support/world";

const world = useWorld();

const asked = ({ namespace }: App) =>
  world.git().requests.filter(({ repository }) => repository.startsWith(namespace)).length;

describe.concurrent("spec.suspend", () => {
  it("true from the start: Suspended, and nothing is asked or written, whatever asks for it; false: in at once", async () => {
    const mark = await world.mark();
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { suspend: true, interval: "1s" },
    });
    await app.until(({ phase }) => phase === "Suspended");
    await app.annotate({ "nopea.io/sync-at": "now" });
    await app.edit({ branch: "main", path: "/" });
    const { httpUrl, webhookSecret: secret } = world.nopea;
    const push = delivery("github/push", { secret, branch: "main", commit: app.commit });
    const answer = await post(`${httpUrl}/webhook/${app.namespace}/${app.name}`, push);
    expect(answer).toMatchObject({ status: 200, body: { status: "ignored" } });
    await sleep(10_000);
    expect(asked(app)).toBe(0);
    const writes = await world.writes(mark);
    expect(writes.filter(({ namespace }) => namespace === app.namespace)).toEqual([]);
    const { status } = await app.resource();
    expect(status).toMatchObject({ phase: "Suspended" });
    expect(conditionOf(status, "Ready")).toMatchObject({ status: "Unknown", reason: "Suspended" });
    await app.edit({ suspend: false });
    await app.synced(app.commit);
  });

  it("true later: the objects and Ready stay, a commit and an edit of the spec wait; false: in at once", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    await app.synced();
    await app.edit({ suspend: true });
    await app.until(({ phase }) => phase === "Suspended");
    const before = asked(app);
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    await sleep(10_000);
    expect(asked(app)).toBe(before);
    expect(await app.data("a")).toEqual({ value: "1" });
    const { status } = await app.resource();
    expect(conditionOf(status, "Ready")).toMatchObject({ status: "True" });
    expect(status?.lastSyncedCommit).toBe(app.commit);
    await app.edit({ suspend: false });
    await app.synced(commit);
    expect(await app.data("a")).toEqual({ value: "2" });
  });
});
