/** What is known of kinds, and when it is asked for again. */
import { describe, expect, test } from "vitest";
import { createDiscovery } from "../../../src/adapters/kube/discovery";
import { NopeaError } from "../../../src/model/errors";
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
  const { served } = await createDiscovery(kube).find(
    [
      { apiVersion: "v1", kind: "Secret" },
      { apiVersion: "v1", kind: "Pod" },
      { apiVersion: "batch/v1", kind: "Job" },
    ],
    signal,
  );
  expect([...served.keys()].sort()).toEqual(["batch/v1/Job", "v1/Pod", "v1/Secret"]);
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
  const { served } = await createDiscovery(kube).find(wanted, signal);
  expect([...served]).toEqual([
    ["v1/Node", { apiVersion: "v1", kind: "Node", plural: "nodes", namespaced: false }],
  ]);
});

test("a server that fails: an error, not a missing kind", async () => {
  const { kube } = createFakeKube(() => ({ status: 503 }));
  const finding = createDiscovery(kube).find([{ apiVersion: "v1", kind: "Pod" }], signal);
  await expect(finding).rejects.toMatchObject({ code: "cluster-unreachable" });
});

describe("a group whose server is away", () => {
  const widget = { apiVersion: "example.com/v1", kind: "Widget" };
  const gadget = { apiVersion: "example.com/v1", kind: "Gadget" };
  const pod = { apiVersion: "v1", kind: "Pod" };
  const away = { code: "kind-unavailable", message: "GET /apis/example.com/v1: 503" };

  function serverOf(state: { away: boolean }) {
    return createFakeKube(({ path }) => {
      if (path === "/api/v1") return { body: { resources: [resource("Pod")] } };
      return state.away ? { status: 503 } : { body: { resources: [resource("Widget")] } };
    });
  }

  test("never known: unavailable with the reason, the other kinds are served", async () => {
    const { kube } = serverOf({ away: true });
    const { served, unavailable } = await createDiscovery(kube).find([widget, pod], signal);
    expect([...served.keys()]).toEqual(["v1/Pod"]);
    expect([...unavailable]).toEqual([["example.com/v1/Widget", away]]);
  });

  test("known before: still served, and only what was not known is unavailable", async () => {
    const state = { away: false };
    const { kube } = serverOf(state);
    const discovery = createDiscovery(kube);
    await discovery.find([widget], signal);
    state.away = true;
    const { served, unavailable } = await discovery.find([widget, gadget], signal);
    expect([...served.keys()]).toEqual(["example.com/v1/Widget"]);
    expect([...unavailable]).toEqual([["example.com/v1/Gadget", away]]);
  });

  test("back again: asked anew and served, not remembered as empty", async () => {
    const state = { away: true };
    const { kube } = serverOf(state);
    const discovery = createDiscovery(kube);
    await discovery.find([widget], signal);
    state.away = false;
    const { served, unavailable } = await discovery.find([widget], signal);
    expect([...served.keys()]).toEqual(["example.com/v1/Widget"]);
    expect(unavailable.size).toBe(0);
  });

  test("a group that nobody serves (404): in neither", async () => {
    const { kube } = createFakeKube(() => undefined);
    const { served, unavailable } = await createDiscovery(kube).find([widget], signal);
    expect([served.size, unavailable.size]).toEqual([0, 0]);
  });

  test("an API server that is away as a whole: an error", async () => {
    const kube = () => Promise.reject(new NopeaError("cluster-unreachable", "refused"));
    const finding = createDiscovery(kube).find([widget], signal);
    await expect(finding).rejects.toMatchObject({ code: "cluster-unreachable" });
  });
});
