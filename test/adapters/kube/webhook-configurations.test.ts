/** The hooks' webhook configurations on a real API server: made, followed, put back, taken away. */
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { startControlPlane } from "../../../src/local/control-plane";
import { eventually } from "../../support/cluster";
import { configMaps } from "../../support/follow-world";
import { createHookWorld, refs, type Configuration } from "../../support/hook-world";

// hooks end in the reverse order: what uses it comes after
const controlPlane = await startControlPlane();
afterAll(() => controlPlane.stop());
const world = await createHookWorld(controlPlane);
const { admin, when, gone, find } = world;

const deployments = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};
const clusterRoles = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
};

const rules = (found: Configuration) => JSON.stringify(found.webhooks.map(({ rules }) => rules));
const client = ({ webhooks }: Configuration) => webhooks[0]?.clientConfig;
const ends: (() => void)[] = [];

function start(inheritMs?: number) {
  const started = world.start(inheritMs);
  ends.push(started.end);
  return started;
}

beforeEach(async () => {
  await world.createClusterRole();
  await world.deployPepr(world.clientConfig(3000));
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await Promise.all(Object.values(refs).map(ref => admin.delete(ref)));
});

test("kinds are managed: both configurations, exact, owned by Pepr's ClusterRole", async () => {
  start().manage([deployments, configMaps, clusterRoles]);
  const evidence = await when(refs.evidence, () => true);
  const { metadata } = await admin.get(refs.clusterRole);
  expect(evidence.metadata.ownerReferences).toEqual([{ ...refs.clusterRole, uid: metadata.uid }]);
  const { service, caBundle } = world.clientConfig(3000);
  const operations = ["CREATE", "UPDATE"];
  expect(evidence.webhooks).toMatchObject([
    {
      name: "evidence.nopea.io",
      clientConfig: { caBundle, service: { ...service, path: "/mutate/0123456789abcdef" } },
      rules: [
        {
          apiGroups: ["apps"],
          apiVersions: ["v1"],
          operations,
          resources: ["deployments"],
          scope: "Namespaced",
        },
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          apiVersions: ["v1"],
          operations,
          resources: ["clusterroles"],
          scope: "Cluster",
        },
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          operations,
          resources: ["configmaps"],
          scope: "Namespaced",
        },
      ],
      failurePolicy: "Ignore",
      timeoutSeconds: 1,
      reinvocationPolicy: "Never",
    },
  ]);
  const witness = await when(refs.witness, () => true);
  expect(witness.webhooks.map(({ name }) => name)).toEqual(["deletion.nopea.io", "scale.nopea.io"]);
  expect(client(witness)).toEqual(world.clientConfig(3000));
});

test("Pepr is deployed anew: its port, path and certificate are followed within 5 s", async () => {
  start().manage([configMaps]);
  await when(refs.witness, () => true);
  const caBundle = Buffer.from(world.authority.client("another", []).cert).toString("base64");
  const next = { ...world.clientConfig(3001, "/validate/fedcba"), caBundle };
  await world.deployPepr(next);
  await when(refs.witness, found => isDeepStrictEqual(client(found), next));
  const service = { ...next.service, path: "/mutate/fedcba" };
  const evidence = await when(refs.evidence, found => JSON.stringify(found).includes("fedcba"));
  expect(client(evidence)).toEqual({ caBundle, service });
});

test("Pepr has a mutating configuration too: that is what mutations take", async () => {
  await world.deployPepr(world.clientConfig(3002, "/mutate/other"), refs.peprMutating);
  start().manage([configMaps]);
  const found = await when(refs.evidence, () => true);
  expect(client(found)).toEqual(world.clientConfig(3002, "/mutate/other"));
});

test("Pepr's configuration goes, and comes back: so do ours", async () => {
  start().manage([configMaps]);
  await when(refs.evidence, () => true);
  await admin.delete(refs.pepr);
  await gone(refs.evidence);
  await gone(refs.witness);
  await world.deployPepr(world.clientConfig(3000));
  await when(refs.evidence, () => true);
  await when(refs.witness, () => true);
});

test("other kinds are managed: the rules change; none: both go", async () => {
  const { manage } = start();
  manage([configMaps]);
  await when(refs.evidence, found => rules(found).includes("configmaps"));
  manage([deployments]);
  await when(refs.evidence, found => !rules(found).includes("configmaps"));
  await when(refs.witness, found => rules(found).includes("deployments/scale"));
  manage([]);
  await gone(refs.evidence);
  await gone(refs.witness);
});

test("a start over what was hooked before: everything is read once and nothing is written, also when the kinds come back", async () => {
  const before = start();
  before.manage([configMaps, deployments]);
  await when(refs.witness, found => rules(found).includes("deployments/scale"));
  before.end();
  const after = start();
  await eventually(() => after.asked.some(line => line.includes("clusterroles")), 5_000);
  after.manage([configMaps]);
  after.manage([deployments, configMaps]);
  await sleep(2_000);
  expect(after.asked.filter(line => !line.startsWith("GET"))).toEqual([]);
  expect(after.asked.filter(line => line.includes("clusterroles"))).toHaveLength(1);
  // the watches have shown them
  expect(after.asked.filter(line => /^GET .*configurations\/./.test(line))).toEqual([]);
});

describe("somebody else", () => {
  test("deletes them: they come back", async () => {
    start().manage([configMaps]);
    const before = await when(refs.evidence, () => true);
    await when(refs.witness, () => true);
    const { evidence, witness } = refs;
    for (const { kind, name } of [evidence, witness]) await world.kubectl(["delete", kind, name]);
    const uid = before.metadata.uid;
    await when(evidence, ({ metadata }) => metadata.uid !== uid);
    await when(witness, () => true);
  });

  test("changes them: they are put back", async () => {
    start().manage([configMaps]);
    await when(refs.evidence, () => true);
    // until nothing but the change itself would wake anybody
    await sleep(1_500);
    const value = "Fail";
    await admin.patch(refs.evidence, [
      { op: "replace", path: "/webhooks/0/failurePolicy", value },
      { op: "remove", path: "/metadata/ownerReferences" },
    ]);
    const isPutBack = (found: Configuration) =>
      JSON.stringify(found.webhooks).includes(`"failurePolicy":"Ignore"`) &&
      found.metadata.ownerReferences !== undefined;
    await when(refs.evidence, isPutBack);
  });

  test("narrows them by what nopea does not declare: taken away again, also when nopea was not there", async () => {
    const narrowed = () =>
      admin.patch(refs.evidence, [
        { op: "add", path: "/webhooks/0/objectSelector/matchLabels", value: { team: "x" } },
      ]);
    const isWide = (found: Configuration) => !JSON.stringify(found.webhooks).includes("team");
    const first = start();
    first.manage([configMaps]);
    await when(refs.evidence, () => true);
    await sleep(1_500);
    await narrowed();
    await when(refs.evidence, isWide);
    first.end();
    await narrowed();
    start().manage([configMaps]);
    await when(refs.evidence, isWide, 8_000);
  });

  test("has made one of the same name: it is not deleted", async () => {
    const { name, ...type } = refs.evidence;
    await admin.create({ ...type, metadata: { name }, webhooks: [] });
    const { manage, logged } = start(0);
    manage([]);
    await when(refs.pepr, () => true);
    await sleep(1_000);
    expect(await find(refs.evidence)).toBeDefined();
    expect(logged).toEqual([]);
  });
});

describe("a restart", () => {
  test("nothing is followed yet: what was hooked stays so, and follows Pepr", async () => {
    const first = start();
    first.manage([configMaps, deployments]);
    await when(refs.evidence, () => true);
    await when(refs.witness, () => true);
    first.end();
    await world.deployPepr(world.clientConfig(3003, "/validate/anew"));
    const second = start();
    const followed = await when(refs.evidence, found => JSON.stringify(found).includes("anew"));
    expect(rules(followed)).toMatch(/configmaps.*deployments|deployments.*configmaps/);
    second.manage([clusterRoles]);
    const grown = await when(refs.evidence, found => rules(found).includes("clusterroles"));
    expect(rules(grown)).toContain("deployments");
  });

  test("nothing came back for long: they go", async () => {
    const first = start();
    first.manage([configMaps]);
    await when(refs.witness, () => true);
    first.end();
    start(200);
    await gone(refs.evidence);
    await gone(refs.witness);
  });
});

test("Pepr's ClusterRole is missing: told once, nothing is made; it comes: they are", async () => {
  await admin.delete(refs.clusterRole);
  const { manage, logged } = start();
  manage([configMaps]);
  await eventually(() => logged.length > 0, 10_000);
  await sleep(500);
  expect(await find(refs.evidence)).toBeUndefined();
  expect(logged).toEqual([
    "warn webhook configurations wait Error: ClusterRole pepr-nopea, which is to own them, is missing",
  ]);
  await world.createClusterRole();
  await when(refs.evidence, () => true);
  // told when both of them are there
  await eventually(() => logged.length > 1, 10_000);
  expect(logged.at(1)).toContain("info webhook configurations go on");
});
