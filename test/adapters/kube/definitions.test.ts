/** nopea's own definitions on the real API server: put in place again and again, and what they let through. */
import { beforeAll, describe, expect, test } from "vitest";
import { installDefinitions } from "../../../src/adapters/kube/install";
import { API_VERSION } from "../../../src/model/annotations";
import { testCluster } from "../../support/cluster";
import { createFakeKube } from "../../support/fake-kube";
import { connect } from "../../support/kube-adapter";

const server = testCluster();
const kube = connect(server.adminAccess);
const signal = new AbortController().signal;
const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: "gitrepositories.nopea.false.systems",
};
const shortNames = async () => {
  const found = await server.admin.get(DEFINITION);
  return (found.spec as { names: { shortNames?: readonly string[] } }).names.shortNames;
};
let namespace: string;
beforeAll(async () => {
  await installDefinitions(kube, signal);
  namespace = await server.createNamespace("definitions");
});

describe("installing", () => {
  test("a second time: nothing changes", async () => {
    const before = await server.admin.get(DEFINITION);
    await installDefinitions(kube, signal);
    const after = await server.admin.get(DEFINITION);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test("a second time: one list, and nothing is written", async () => {
    const asked: string[] = [];
    const counting: typeof kube = request => {
      asked.push(`${request.method ?? "GET"} ${request.path}`);
      return kube(request);
    };
    await installDefinitions(counting, signal);
    expect(asked).toEqual(["GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions"]);
  });

  test("over those of another nopea, which had more: the rest goes", async () => {
    const found = await server.admin.get(DEFINITION);
    const spec = JSON.parse(JSON.stringify(found.spec)) as {
      names: Record<string, unknown>;
    };
    const older = {
      ...DEFINITION,
      name: undefined,
      metadata: {
        name: DEFINITION.name,
        labels: found.metadata.labels,
        annotations: { "nopea.io/content": "of-an-older-one" },
      },
      spec: { ...spec, names: { ...spec.names, categories: ["old"] } },
    };
    await kube({
      method: "PATCH",
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${DEFINITION.name}`,
      query: { fieldManager: "nopea", force: "true" },
      contentType: "application/apply-patch+yaml",
      body: JSON.stringify(older),
      signal,
    });
    const categories = async () => {
      const { spec: now } = await server.admin.get(DEFINITION);
      return (now as { names: { categories?: readonly string[] } }).names.categories;
    };
    expect(await categories()).toEqual(["old"]);
    await installDefinitions(kube, signal);
    expect(await categories()).toBeUndefined();
  });

  test("over what somebody else changed: as nopea wants it again", async () => {
    await server.admin.patch(DEFINITION, { spec: { names: { shortNames: ["other"] } } });
    expect(await shortNames()).toEqual(["other"]);
    await installDefinitions(kube, signal);
    expect(await shortNames()).toEqual(["gr", "gitrepo"]);
  });

  test("a server that refuses: an error that names the definition and says why", async () => {
    const refusing = createFakeKube(() => ({
      status: 422,
      body: { message: "scope is immutable" },
    }));
    await expect(installDefinitions(refusing.kube, signal)).rejects.toMatchObject({
      code: "object-refused",
      message: expect.stringMatching(/nopea\.false\.systems: scope is immutable/) as string,
    });
  });

  test("aborted while it waits until they are established: ends", async () => {
    const life = new AbortController();
    const { kube: slow } = createFakeKube(() => ({ body: {} }));
    const installing = installDefinitions(slow, life.signal);
    setTimeout(() => life.abort(new Error("enough")), 20);
    await expect(installing).rejects.toThrow();
  });
});

const URL = "https://git.example.com/my-app.git";

/** As the API server would store it, or why it would not. */
async function submit(
  spec: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const object = {
    apiVersion: API_VERSION,
    kind: "GitRepository",
    metadata: { name: "x", namespace },
    spec,
  };
  const stored = await server.admin.apply(object, { dryRun: true });
  return stored.spec;
}

describe("the schema of a GitRepository", () => {
  test("only a url: every default is filled in", async () => {
    expect(await submit({ url: URL })).toEqual({
      url: URL,
      branch: "main",
      interval: "5m",
      timeout: "60s",
      suspend: false,
      prune: false,
      healPolicy: "auto",
      conflictPolicy: "git",
      deletionPolicy: "Retain",
    });
  });

  test("everything set: read back as it was written", async () => {
    const spec = {
      url: URL,
      branch: "feature/x",
      path: "./deploy/",
      interval: "1h30m",
      timeout: "2m",
      targetNamespace: "shop",
      secretRef: { name: "git" },
      suspend: true,
      healPolicy: "notify",
      healGracePeriod: "90s",
      conflictPolicy: "live",
      prune: true,
      deletionPolicy: "Delete",
      serviceAccountName: "deployer",
      notify: { url: "https://hook.example.com", secretRef: { name: "hook" } },
    };
    expect(await submit(spec)).toEqual(spec);
  });

  test.each(["1s", "30s", "5m", "1h", "1h30m", "1h30m5s", "0h0m1s", "100h"])(
    "interval %s: accepted",
    async interval => {
      expect(await submit({ url: URL, interval })).toMatchObject({ interval });
    },
  );

  test.each([
    "",
    "0s",
    "0m",
    "0h0m0s",
    "-5m",
    "abc",
    "5",
    "5 m",
    "1m1h",
    "1.5h",
    "5ms",
    "1d",
    "5m ",
  ])("interval %o: refused", async interval => {
    await expect(submit({ url: URL, interval })).rejects.toThrow(/spec\.interval/);
  });

  test.each([
    ["healPolicy", "always", /"auto", "manual", "notify"/],
    ["conflictPolicy", "both", /"git", "live"/],
    ["deletionPolicy", "retain", /"Retain", "Delete"/],
  ])("%s %s: refused, with those that are accepted", async (field, value, choices) => {
    await expect(submit({ url: URL, [field]: value })).rejects.toThrow(choices);
  });

  test.each([
    ["healGracePeriod", "soon"],
    ["timeout", "0s"],
    ["suspend", "yes"],
    ["secretRef", {}],
    ["secretRef", { name: "" }],
    ["targetNamespace", "x".repeat(64)],
  ])("%s %o: refused, naming the field", async (field, value) => {
    await expect(submit({ url: URL, [field]: value })).rejects.toThrow(
      new RegExp(`spec.${field}|${field}`),
    );
  });
});
