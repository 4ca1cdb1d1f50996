/** A watch of the real API server: over many connections, and from where nothing is known any more. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { METADATA_ONLY } from "../../../src/adapters/kube/client";
import { watch, WATCH_LIMITS } from "../../../src/adapters/kube/watch";
import { eventually, testCluster } from "../../support/cluster";
import { connectStream } from "../../support/kube-adapter";

const server = testCluster();
const { stream } = connectStream(server.adminAccess);
const life = new AbortController();
afterAll(() => life.abort());

/** Watches the ConfigMaps of a new namespace; the first `begin` gives this resourceVersion. */
async function watching(first?: string) {
  const namespace = await server.createNamespace("watch");
  const told = { begun: 0, events: [] as string[], connections: 0, troubles: [] as string[] };
  const now = () => server.admin.resourceVersion("v1", "ConfigMap", { namespace });
  const running = watch(
    stream,
    {
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      query: { labelSelector: "watched=yes" },
      accept: METADATA_ONLY,
      begin: () => (told.begun++ === 0 && first !== undefined ? Promise.resolve(first) : now()),
      event: ({ type, object }) => {
        const { name, managedFields } = object.metadata as Record<string, unknown>;
        expect(object).not.toHaveProperty("data");
        expect(managedFields).toBeDefined();
        told.events.push(`${type} ${String(name)}`);
      },
      connected: yes => (told.connections += yes ? 1 : 0),
      trouble: error => told.troubles.push(String(error)),
    },
    life.signal,
    { ...WATCH_LIMITS, connectionSeconds: 1, firstPauseMs: 20 },
  );
  await eventually(() => told.connections > 0, 20_000);
  const create = (name: string, watched = "yes") =>
    server.admin.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace, name, labels: { watched } },
      data: { key: "value" },
    });
  const refOf = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name });
  return { told, create, refOf, running };
}

test("changes over several connections: each told once, in order, as metadata", async () => {
  const { told, create, refOf } = await watching();
  const expected: string[] = [];
  for (let i = 0; told.connections < 4 || i < 8; i++) {
    await create(`c${i}`);
    await create(`other${i}`, "no");
    expected.push(`ADDED c${i}`);
    await sleep(200);
  }
  await server.admin.patch(refOf("c0"), { metadata: { annotations: { a: "b" } } });
  await server.admin.delete(refOf("c1"));
  expected.push("MODIFIED c0", "DELETED c1");
  await eventually(() => told.events.length >= expected.length, 10_000);
  expect(told).toMatchObject({ begun: 1, events: expected, troubles: [] });
});

// a 410 takes minutes to come by on a real server: watch.test.ts has it
test("a resourceVersion that the server refuses: begun anew, and events come from then on", async () => {
  const { told, create } = await watching("nonsense");
  await eventually(() => told.begun === 2 && told.connections > 0, 10_000);
  expect(told.troubles[0]).toMatch(/HTTP (400|500)/);
  await create("later");
  await eventually(() => told.events.length > 0, 10_000);
  expect(told.events).toEqual(["ADDED later"]);
});
