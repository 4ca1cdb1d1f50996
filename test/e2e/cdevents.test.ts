/** CDEvents and notifications of the running pair, as a real receiver gets them. */
import { setTimeout as sleep } from "node:timers/promises";
import { HTTP } from "cloudevents";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/cluster";
import { startEventSink, type EventSink, type SinkAnswer } from "../support/event-sink";
import { eventProblems, hasEventSchemas } from "../support/event-schemas";
import { usePeople } from "../support/people";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry } = people;

/** Set for the whole of nopea, so this file runs alone. */
const configuration = {
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "pepr-system",
  name: "nopea",
};
let sink: EventSink;
let chat: EventSink;

beforeAll(async () => {
  sink = await startEventSink();
  chat = await startEventSink();
  await admin.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "pepr-system", name: "nopea" },
    data: { NOPEA_CDEVENTS_ENDPOINT: sink.url, NOPEA_NOTIFY_ENDPOINT: chat.url },
  });
  await world.nopea.watcher.restart();
});

afterAll(async () => {
  await admin.delete(configuration);
  await world.nopea.watcher.restart();
  await Promise.all([sink.stop(), chat.stop()]);
});

interface Body {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly text?: string;
  readonly data: {
    readonly context: { readonly timestamp: string };
    readonly subject: { readonly id: string; readonly content: { readonly artifactId?: string } };
    readonly customData: Readonly<Record<string, unknown>>;
  };
}

const ofApp = ({ namespace, name }: App, at = sink) =>
  (at.bodies() as unknown as Body[]).filter(
    ({ source }) => source === `/nopea/${namespace}/${name}`,
  );
/** `service.deployed` of each. */
const types = (app: App, at = sink) =>
  ofApp(app, at).map(({ type }) =>
    type.replace(/^dev\.cdeventsx?\./, "").replace(/\.\d\.\d\.\d$/, ""),
  );
const become = async (app: App, expected: readonly string[], at = sink) => {
  await eventually(() => Promise.resolve(types(app, at).length >= expected.length), 20_000);
  expect(types(app, at)).toEqual(expected);
};

describe("the life of a repository", () => {
  it("deployed, upgraded, failed, removed: each once, in order, through restarts; each as the schemas want it", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s", deletionPolicy: "Delete" },
    });
    await app.synced();
    await become(app, ["service.deployed"]);
    await world.nopea.watcher.restart();
    const second = await app.push({ "a.yaml": configMap("a", "2") });
    await app.synced(second);
    await become(app, ["service.deployed", "service.upgraded"]);
    await app.push({ "a.yaml": "{" });
    await app.failed(/a\.yaml/);
    await become(app, ["service.deployed", "service.upgraded", "service.removed"]);
    await world.nopea.watcher.restart();
    await sleep(6_000);
    expect(types(app)).toHaveLength(3);
    await app.synced(await app.push({ "a.yaml": configMap("a", "3") }));
    await app.remove();
    const all = ["deployed", "upgraded", "removed", "upgraded", "removed"];
    await become(
      app,
      all.map(word => `service.${word}`),
    );
    const [deployed, upgraded, failed, , gone] = ofApp(app);
    expect(deployed?.data.subject.content.artifactId).toContain(`@${app.commit}`);
    expect(upgraded?.data.customData).toMatchObject({ commit: second, previousCommit: app.commit });
    expect(failed?.data.customData).toMatchObject({
      ...{ outcome: "failure", reason: "InvalidManifests" },
      message: expect.stringContaining("a.yaml") as unknown,
    });
    expect(gone?.data.customData).toMatchObject({ outcome: "success" });
    const ids = ofApp(app).map(({ id }) => id);
    expect(ids.every(id => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });

  it.skipIf(!hasEventSchemas)(
    "every body so far: valid by the official schemas, and read by the CloudEvents SDK",
    () => {
      expect(sink.received.length).toBeGreaterThan(4);
      for (const { headers, body } of sink.received) {
        expect(eventProblems(body)).toEqual([]);
        expect(HTTP.toEvent({ headers, body })).toMatchObject({ specversion: "1.0" });
      }
    },
  );
});

describe("an edit by hand", () => {
  const start = (spec: Readonly<Record<string, unknown>>) =>
    people.app({
      files: { "a.yaml": configMap("a", "1") },
      spec,
      watches: { configmaps: "a" },
    });
  const set = (value: string) => [
    ...["patch", "configmap", "a", "--type=merge", "-p", JSON.stringify({ data: { value } })],
  ];

  it("healed at once: detected and resolved, with who and without values; no notification", async () => {
    const app = await start({});
    await larry.types(app, set("2"));
    await app.holds("a", "1");
    await become(app, ["service.deployed", "nopea-drift.detected", "nopea-drift.resolved"]);
    const [, detected, resolved] = ofApp(app);
    expect(detected?.data.customData).toMatchObject({ who: "larry", fields: ["data.value"] });
    expect(resolved?.data.customData).toMatchObject({ decision: "healed" });
    expect(ofApp(app, chat)).toEqual([]);
  });

  it("healPolicy notify: one sentence when it is detected and one when it is over, to spec.notify's Secret", async () => {
    const room = await startEventSink();
    const app = await start({ healPolicy: "notify", notify: { secretRef: { name: "chat" } } });
    const metadata = { namespace: app.namespace, name: "chat" };
    const stringData = { url: `${room.url}?token=s3cret` };
    await admin.create({ apiVersion: "v1", kind: "Secret", metadata, stringData });
    await larry.types(app, set("2"));
    await become(app, ["nopea-drift.detected"], room);
    await sleep(3_000);
    await larry.types(app, set("1"));
    await become(app, ["nopea-drift.detected", "nopea-drift.resolved"], room);
    const [detected] = room.bodies() as unknown as Body[];
    expect(detected?.text).toMatch(
      /^ConfigMap\/\S+\/a: larry changed data\.value \(GitRepository \S+\/app\)\./,
    );
    expect(ofApp(app, chat)).toEqual([]);
    expect(await world.nopea.watcher.log()).not.toContain("s3cret");
    await room.stop();
  });

  it("healPolicy notify without an address of its own: to NOPEA_NOTIFY_ENDPOINT", async () => {
    const app = await start({ healPolicy: "notify" });
    await larry.types(app, set("2"));
    await become(app, ["nopea-drift.detected"], chat);
  });
});

describe("a receiver that is in trouble", () => {
  it("slow: syncs are as fast as ever; down thrice, then up: nothing is lost, and the order stays", async () => {
    const slow: SinkAnswer = { status: 202, delayMs: 8_000 };
    sink.respond(slow);
    const app = await world.app({
      files: { "a.yaml": configMap("a", "0") },
      spec: { interval: "1s" },
    });
    await app.synced();
    for (let round = 1; round <= 3; round++) {
      const began = Date.now();
      await app.synced(await app.push({ "a.yaml": configMap("a", `${round}`) }));
      expect(Date.now() - began).toBeLessThan(7_000);
    }
    let refused = 0;
    sink.respond(() => ({ status: refused++ < 2 ? 503 : 202 }));
    await eventually(() => {
      const seen = new Set(ofApp(app).map(({ id }) => id));
      return Promise.resolve(seen.size === 4);
    }, 30_000);
    const order = [...new Set(ofApp(app).map(({ id }) => id))];
    expect([...order].sort()).toEqual(order);
    sink.respond({ status: 202 });
  });
});
