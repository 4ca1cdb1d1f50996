/** Dry runs: what is sent, and what each refusal means. */
import { expect, test } from "vitest";
import type { KubeAnswer } from "../../../src/adapters/kube/client";
import { rehearse } from "../../../src/adapters/kube/rehearse";
import { NopeaError } from "../../../src/model/errors";
import type { KindInfo } from "../../../src/model/manifest";
import { createFakeKube } from "../../support/fake-kube";

const { signal } = new AbortController();
const core: KindInfo = {
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};
const grouped: KindInfo = {
  apiVersion: "example.com/v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
};

function rehearsalOf(kind: KindInfo) {
  const group = kind === core ? "" : "example.com";
  const key = { group, kind: kind.kind, namespace: "shop", name: "a" };
  const { apiVersion } = kind;
  const annotations = { "nopea.io/applied": "v1:d@c" };
  const manifest = {
    apiVersion,
    kind: kind.kind,
    metadata: { name: "a", namespace: "shop", annotations },
    size: 9_007_199_254_740_993n,
    text: "a\u0085b",
  };
  const desired = { key, kind, manifest, digest: "d", source: { file: "a.yaml", line: 1 } };
  const on = { uid: "u", resourceVersion: "7", labels: { not: "sent" } };
  return { desired, manifest, fieldManager: "nopea:shop/app", account: undefined, on };
}

test("sent: a forced dry run of the manifest on this very version; answered: the whole object", async () => {
  const body = { metadata: { name: "a" }, data: { k: "1" } };
  const { kube, requests } = createFakeKube(() => ({ body }));
  expect(await rehearse(kube, rehearsalOf(core), signal)).toEqual(body);
  expect(requests).toMatchObject([
    {
      method: "PATCH",
      path: "/api/v1/namespaces/shop/configmaps/a",
      query: { fieldManager: "nopea:shop/app", force: "true", dryRun: "All" },
      contentType: "application/apply-patch+yaml",
    },
  ]);
  const [{ accept, body: sent = "" } = {}] = requests;
  expect(accept).toBeUndefined();
  expect(sent).toContain('"size":9007199254740993');
  expect(sent).toContain("a\\u0085b");
  expect(JSON.parse(sent)).toMatchObject({
    metadata: { name: "a", annotations: { "nopea.io/applied": "v1:d@c" } },
  });
  expect((JSON.parse(sent) as KubeAnswer["body"]).metadata).toEqual({
    name: "a",
    namespace: "shop",
    annotations: { "nopea.io/applied": "v1:d@c" },
    uid: "u",
    resourceVersion: "7",
  });
});

test.each([400, 403, 404, 409, 422, 500])("%i: refused or changed, undefined", async status => {
  const { kube } = createFakeKube(() => ({ status }));
  expect(await rehearse(kube, rehearsalOf(core), signal)).toBeUndefined();
});

test.each([
  [core, 401, "cluster-unreachable"],
  [core, 429, "cluster-unreachable"],
  [core, 503, "cluster-unreachable"],
  [grouped, 429, "cluster-unreachable"],
  [grouped, 503, "kind-unavailable"],
  [grouped, 504, "kind-unavailable"],
])("%o answers %i: nobody says which, %s", async (kind, status, code) => {
  const { kube } = createFakeKube(() => ({ status, body: { message: "no" } }));
  const rehearsing = rehearse(kube, rehearsalOf(kind), signal);
  await expect(rehearsing).rejects.toMatchObject({ name: "NopeaError", code, message: "no" });
});

test("the API server is away: rejects", async () => {
  const { kube } = createFakeKube(() => {
    throw new NopeaError("cluster-unreachable", "connection refused");
  });
  const rehearsing = rehearse(kube, rehearsalOf(core), signal);
  await expect(rehearsing).rejects.toMatchObject({ code: "cluster-unreachable" });
});
