/** What is asked of the API server before anything syncs. */
import { describe, expect, test } from "vitest";
import { readVariables } from "../../../src/adapters/kube/variables";
import {
  hasMatchConditions,
  readVersion,
  versionProblem,
} from "../../../src/adapters/kube/version";
import { createFakeKube } from "../../support/fake-kube";

const signal = new AbortController().signal;

describe("the version of the API server", () => {
  test.each(["v1.22.0", "v1.36.3", "v1.30.4-eks-a737599", "v1.29.1+k3s1", "v2.0.0", "", "unknown"])(
    "%s: no problem",
    async gitVersion => {
      const { kube } = createFakeKube(() => ({ body: { gitVersion } }));
      expect(versionProblem(await readVersion(kube, signal))).toBeUndefined();
    },
  );

  test.each(["v1.21.14", "v1.9.0", "v1.16.0-gke.1"])("%s: too old, and told", async gitVersion => {
    const { kube } = createFakeKube(() => ({ body: { gitVersion } }));
    expect(versionProblem(await readVersion(kube, signal))).toBe(
      `Kubernetes ${gitVersion} is too old: nopea needs 1.22 or newer for server-side apply`,
    );
  });
});

describe("matchConditions", () => {
  test.each([
    ["v1.22.0", false],
    ["v1.29.1+k3s1", false],
    ["v1.30.4-eks-a737599", true],
    ["v1.36.3", true],
    ["v2.0.0", true],
    ["", false],
    ["unknown", false],
  ])("%s: %s", async (gitVersion, known) => {
    const { kube } = createFakeKube(() => ({ body: { gitVersion } }));
    expect(hasMatchConditions(await readVersion(kube, signal))).toBe(known);
  });
});

describe("ConfigMap and Secret nopea", () => {
  test("both absent: no variables", async () => {
    const { kube } = createFakeKube(() => undefined);
    expect(await readVariables(kube, signal)).toEqual({ secret: {}, configMap: {} });
  });

  test("both there: their texts, the Secret's decoded", async () => {
    const { kube, requests } = createFakeKube(({ path }) => ({
      body: { data: path.includes("secrets") ? { A: btoa("from secret") } : { B: "from map" } },
    }));
    expect(await readVariables(kube, signal)).toEqual({
      secret: { A: "from secret" },
      configMap: { B: "from map" },
    });
    expect(requests.map(({ path }) => path).sort()).toEqual([
      "/api/v1/namespaces/pepr-system/configmaps/nopea",
      "/api/v1/namespaces/pepr-system/secrets/nopea",
    ]);
  });

  test.each([401, 403, 500, 503])(
    "a server that answers %d: an error, not absence",
    async status => {
      const { kube } = createFakeKube(() => ({ status }));
      await expect(readVariables(kube, signal)).rejects.toThrow(String(status));
    },
  );
});
