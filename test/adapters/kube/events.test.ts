/** Kubernetes Events, written to the real API server, and as kubectl shows them. */
import { describe, expect, test } from "vitest";
import { clock } from "../../../src/adapters/clock";
import { createEventSeries } from "../../../src/adapters/kube/event-series";
import { createKubeEvents } from "../../../src/adapters/kube/events";
import type { Kube } from "../../../src/adapters/kube/client";
import type { KubeObject } from "../../../src/local/kube-types";
import { NopeaError } from "../../../src/model/errors";
import type { KubeEvent } from "../../../src/model/kube-event";
import { eventually, testCluster } from "../../support/cluster";
import { createFakeKube } from "../../support/fake-kube";
import { connect } from "../../support/kube-adapter";

const cluster = testCluster();
const real = connect(cluster.adminAccess);
const { signal: life } = new AbortController();
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const at = Date.now();

function event(change: Partial<KubeEvent> = {}): KubeEvent {
  const regarding = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "a", uid: "u" };
  return {
    ...{ reason: "Healed", type: "Normal", action: "Heal", note: "done", regarding, at },
    ...{ occurrence: "0123456789abcdef", same: "u done" },
    ...change,
  };
}

function begin(kube: Kube = real) {
  const state = { dropped: 0 };
  const events = createKubeEvents({ kube, clock, log, life, dropped: () => (state.dropped += 1) });
  return { events, state, written: () => eventually(() => events.depth() === 0, 30_000) };
}

interface EventOfServer extends KubeObject {
  readonly note: string;
  readonly series?: { readonly count: number };
}

async function inNamespace() {
  const namespace = await cluster.createNamespace("events");
  const metadata = { namespace, name: "a" };
  const created = await cluster.admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
  const { uid = "" } = created.metadata;
  const regarding = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "a", uid };
  const listed = async () => {
    const all = await cluster.admin.list<EventOfServer>("events.k8s.io/v1", "Event", { namespace });
    return all.filter(({ metadata: { labels } }) => labels?.["nopea.io/event"] !== undefined);
  };
  const describe = async () =>
    (await cluster.kubectl(["-n", namespace, "describe", "configmap", "a"])).stdout;
  return { namespace, regarding, listed, describe };
}

describe("on the API server", () => {
  test("one: kubectl describe shows it under its object, with who reports", async () => {
    const { regarding, describe } = await inNamespace();
    const { events, written, state } = begin();
    const note = "larry changed data.k from 1 to 2; heals at once";
    events.record(event({ regarding, note, reason: "DriftDetected", type: "Warning" }));
    await written();
    expect(state.dropped).toBe(0);
    expect(await describe()).toMatch(
      /Warning\s+DriftDetected\s+\S+\s+nopea\.false\.systems\/nopea\s+larry changed data\.k from 1 to 2; heals at once/,
    );
  });

  test("the same again: one Event, counted; another: another", async () => {
    const { regarding, listed, describe } = await inNamespace();
    const { events, written } = begin();
    for (let round = 0; round < 4; round++) {
      events.record(event({ regarding, at: at + round * 1000, occurrence: `0${round}` }));
    }
    events.record(event({ regarding, note: "other", same: "other", occurrence: "9" }));
    await written();
    const found = await listed();
    expect(found.map(({ note, series }) => [note, series?.count])).toEqual(
      expect.arrayContaining([
        ["done", 4],
        ["other", undefined],
      ]),
    );
    expect(found).toHaveLength(2);
    expect(await describe()).toMatch(/Healed\s+\S+ \(x4 over \S+\)/);
  });

  test("the first of a series has gone: the next one is new", async () => {
    const { namespace, regarding, listed } = await inNamespace();
    const { events, written } = begin();
    events.record(event({ regarding }));
    await written();
    for (const { metadata } of await listed()) {
      const { name } = metadata;
      await cluster.admin.delete({
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        namespace,
        name,
      });
    }
    events.record(event({ regarding, occurrence: "1" }));
    await written();
    expect(await listed()).toHaveLength(1);
  });

  test("the very occurrence that another process has written: no second, and nothing dropped", async () => {
    const { regarding, listed } = await inNamespace();
    for (let process = 0; process < 2; process++) {
      const { events, written, state } = begin();
      events.record(event({ regarding }));
      await written();
      expect(state.dropped).toBe(0);
    }
    expect(await listed()).toHaveLength(1);
  });

  test("cluster-scoped, by a name that no Event may have, with 1,024 bytes of note: in namespace default", async () => {
    const { events, written, state } = begin();
    const name = `system:Role/${Date.now()}`;
    const regarding = {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", namespace: "", name },
      uid: `u${Date.now()}`,
    };
    events.record(event({ regarding, note: "é".repeat(512) }));
    await written();
    expect(state.dropped).toBe(0);
    const { stdout } = await cluster.kubectl(["get", "events", "-n", "default", "-o", "name"]);
    expect(stdout).toContain(name.toLowerCase().replace(/[:/]/g, "-"));
  });

  test.each([
    "foo..bar",
    "a.-b",
    "x-.y",
    "..",
    "system:a:.b",
    `${"a".repeat(199)}.${"b".repeat(53)}`,
  ])("of an object that is called %s: written", async name => {
    const { regarding, listed } = await inNamespace();
    const { events, written, state } = begin();
    events.record(event({ regarding: { ...regarding, name } }));
    await written();
    expect(state.dropped).toBe(0);
    expect(await listed()).toHaveLength(1);
  });

  test("a namespace that is not there: given up at once, counted, and the next is written", async () => {
    const { regarding, listed } = await inNamespace();
    const { events, written, state } = begin();
    events.record(event({ regarding: { ...regarding, namespace: "nowhere" }, same: "other" }));
    events.record(event({ regarding }));
    await written();
    expect(state.dropped).toBe(1);
    expect(await listed()).toHaveLength(1);
  });
});

describe("while the API server is away", () => {
  test(
    "tried again after 1, 2 and 4 s, then given up and counted",
    { timeout: 60_000 },
    async () => {
      const { kube, requests } = createFakeKube(() => {
        throw new NopeaError("cluster-unreachable", "no route");
      });
      const { events, written, state } = begin(kube);
      events.record(event());
      await written();
      expect(requests).toHaveLength(4);
      expect(state.dropped).toBe(1);
    },
  );

  test("500, then well again: written, nothing dropped", async () => {
    const { kube, requests } = createFakeKube((_, count) => ({ status: count === 1 ? 500 : 201 }));
    const { events, written, state } = begin(kube);
    events.record(event());
    await written();
    expect(requests).toHaveLength(2);
    expect(state.dropped).toBe(0);
  });

  test("500 in one namespace: the Events of others do not wait", async () => {
    const { kube, requests } = createFakeKube(({ path }) => ({
      status: path.includes("/broken/") ? 500 : 201,
    }));
    const { events } = begin(kube);
    const { regarding } = event();
    for (let at = 0; at < 5; at++) {
      events.record(event({ regarding: { ...regarding, namespace: "broken" }, same: `${at}` }));
    }
    events.record(event({ same: "well" }));
    await expect.poll(() => events.depth(), { timeout: 5_000 }).toBe(5);
    expect(requests.filter(({ path }) => path.includes("/shop/"))).toHaveLength(1);
  });

  test("more than a thousand wait: what comes then is dropped and counted, nothing grows", () => {
    const { kube } = createFakeKube(() => {
      throw new NopeaError("cluster-unreachable", "no route");
    });
    const { events, state } = begin(kube);
    for (let at = 0; at < 1500; at++) events.record(event({ same: `${at}` }));
    expect(events.depth()).toBe(1_000);
    expect(state.dropped).toBe(500);
  });
});

describe("a series", () => {
  const minutes = (count: number) => at + count * 60_000;

  test("the same within six minutes: the same Event; later: a new one", () => {
    const series = createEventSeries();
    const first = series.place(event({ at: minutes(0) }));
    expect(series.place(event({ at: minutes(5), occurrence: "1" }))).toEqual({
      ...first,
      count: 2,
    });
    expect(series.place(event({ at: minutes(10), occurrence: "2" }))).toEqual({
      ...first,
      count: 3,
    });
    const later = series.place(event({ at: minutes(17), occurrence: "3" }));
    expect(later.count).toBe(1);
    expect(later.name).not.toBe(first.name);
  });

  test("hundreds that all say something else of one object: twenty Events, the last is counted on", () => {
    const series = createEventSeries();
    const placed = Array.from({ length: 200 }, (_, round) =>
      series.place(event({ same: `${round}`, occurrence: `${round}` })),
    );
    expect(new Set(placed.map(({ name }) => name)).size).toBe(20);
    expect(placed.at(-1)?.count).toBe(181);
    const regarding = { ...event().regarding, uid: "another" };
    expect(series.place(event({ regarding, same: "x" })).count).toBe(1);
  });
});
