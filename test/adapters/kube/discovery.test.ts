/** What is known of kinds, and when it is asked for again. */
import { expect, test } from "vitest";
import { createDiscovery } from "../../../src/adapters/kube/discovery";
import { createFakeKube } from "../../support/fake-kube";

const signal = new AbortController().signal;

function resource(kind: string, more: Readonly<Record<string, string | boolean | string[]>> = {}) {
  return {
    kind,
    name: `${kind.toLowerCase()}s`,
    namespaced: true,
    verbs: ["get", "patch"],
    ...more,
  };
}

test("the same kinds again: asked for once; a kind that is missing: asked for each time", async () => {
  const { kube, requests } = createFakeKube(() => ({
    body: { resources: [resource("ConfigMap")] },
  }));
  const discovery = createDiscovery(kube);
  const known = [{ apiVersion: "v1", kind: "ConfigMap" }];
  for (let i = 0; i < 3; i++) await discovery.find(known, signal);
  expect(requests.map(({ path }) => path)).toEqual(["/api/v1"]);
  const unknown = [...known, { apiVersion: "v1", kind: "Later" }];
  for (let i = 0; i < 3; i++) await discovery.find(unknown, signal);
  expect(requests.length).toBe(4);
});

test("many kinds of many group versions: one request for each group version", async () => {
  const { kube, requests } = createFakeKube(({ path }) => ({
    body: {
      resources: path === "/api/v1" ? [resource("Secret"), resource("Pod")] : [resource("Job")],
    },
  }));
  const found = await createDiscovery(kube).find(
    [
      { apiVersion: "v1", kind: "Secret" },
      { apiVersion: "v1", kind: "Pod" },
      { apiVersion: "batch/v1", kind: "Job" },
    ],
    signal,
  );
  expect([...found.keys()].sort()).toEqual(["batch/v1/Job", "v1/Pod", "v1/Secret"]);
  expect(requests.map(({ path }) => path).sort()).toEqual(["/api/v1", "/apis/batch/v1"]);
});

test("a group version that was forgotten: asked for again", async () => {
  const { kube, requests } = createFakeKube(() => ({
    body: { resources: [resource("ConfigMap")] },
  }));
  const discovery = createDiscovery(kube);
  const known = [{ apiVersion: "v1", kind: "ConfigMap" }];
  await discovery.find(known, signal);
  discovery.forget("v1");
  await discovery.find(known, signal);
  expect(requests.length).toBe(2);
});

test("subresources and what cannot be patched: no kinds", async () => {
  const resources = [
    resource("Scale", { name: "deployments/scale" }),
    resource("TokenReview", { verbs: ["create"] }),
    resource("Node", { namespaced: false }),
  ];
  const { kube } = createFakeKube(() => ({ body: { resources } }));
  const wanted = ["Scale", "TokenReview", "Node"].map(kind => ({ apiVersion: "v1", kind }));
  const found = await createDiscovery(kube).find(wanted, signal);
  expect([...found]).toEqual([
    ["v1/Node", { apiVersion: "v1", kind: "Node", plural: "nodes", namespaced: false }],
  ]);
});

test("a server that fails: an error, not a missing kind", async () => {
  const { kube } = createFakeKube(() => ({ status: 503 }));
  const finding = createDiscovery(kube).find([{ apiVersion: "v1", kind: "Pod" }], signal);
  await expect(finding).rejects.toMatchObject({ code: "cluster-unreachable" });
});
