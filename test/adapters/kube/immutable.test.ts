/** Fields that may not change once an object is there: how the real API server says so, and how it is told. */
import { beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { plan } from "../../../src/core/sync/plan";
import type { JsonObject } from "../../../src/model/json";
import type { Desired, Manifest } from "../../../src/model/manifest";
import { formatKey } from "../../../src/model/object-key";
import { ownerMarks } from "../../../src/model/ownership";
import type { StepOutcome } from "../../../src/model/outcome";
import type { Writing } from "../../../src/model/verdict";
import { carryOut, first, wantAll } from "../../contracts/cluster-world";
import { planningFor } from "../../support/examples";
import { eventually, testCluster, uniqueSuffix, type KubeObject } from "../../support/cluster";
import { connectCluster } from "../../support/kube-adapter";

const server = testCluster();
const cluster = connectCluster(server.adminAccess);
let namespace: string;
beforeAll(async () => {
  namespace = await server.createNamespace("immutable");
});

async function carry(verdict: Writing): Promise<StepOutcome> {
  const { fieldManager } = ownerMarks({ namespace, name: "app" }, sha256);
  return first(await carryOut(cluster, plan([verdict], planningFor(fieldManager, "1"))));
}

async function want(wanted: Manifest) {
  return first(await wantAll(cluster, [wanted], ownerMarks({ namespace, name: "app" }, sha256)));
}

/** What comes of an object that is applied in one form, and then in another. */
async function change(before: Manifest, after: Manifest): Promise<StepOutcome> {
  const created = await carry({ action: "create", desired: await want(before) });
  if (created.result !== "applied") throw new Error(JSON.stringify(created));
  // until then the API server lets its scope be changed
  if (before.kind === "CustomResourceDefinition") await established(before.metadata.name);
  const desired = await want(after);
  const rest = { force: true, held: [], healed: [], dropped: [] };
  let { live } = created.sighting;
  // controllers write to some of them
  for (let round = 0; ; round++) {
    const outcome = await carry({ action: "update", desired, live, ...rest });
    if (outcome.result !== "stale" || round === 5) return outcome;
    live = (await look(desired)) ?? live;
  }
}

async function established(name: string): Promise<void> {
  const apiVersion = "apiextensions.k8s.io/v1";
  const ref = { apiVersion, kind: "CustomResourceDefinition", name };
  await eventually(async () => {
    const { status } = await server.admin.get<KubeObject & WithConditions>(ref);
    return status?.conditions?.some(c => c.type === "Established" && c.status === "True");
  }, 30_000);
}

interface WithConditions {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

async function look(desired: Desired) {
  const query = { labels: {}, kinds: [], sought: [desired], namespaces: [] };
  const { objects } = await cluster.observe(query, new AbortController().signal);
  return objects.get(formatKey(desired.key))?.live;
}

const pod = (image: string) => ({ containers: [{ name: "a", image }], restartPolicy: "Never" });
const template = (labels: JsonObject, image = "a") => ({
  metadata: { labels },
  spec: { ...pod(image), restartPolicy: "Always" },
});
const rbac = "rbac.authorization.k8s.io";
const job = (image: string) => ({ spec: { template: { spec: pod(image) } } });
const claim = (storageClassName: string) => ({
  spec: {
    storageClassName,
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "1Gi" } },
  },
});
const volume = (path: string) => ({
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    hostPath: { path, type: "" },
  },
});
const workload = (app: string) => ({
  spec: { selector: { matchLabels: { app } }, template: template({ app }) },
});
const set = (serviceName: string) => ({ spec: { ...workload("a").spec, serviceName } });
const roleRef = (name: string, kind = "Role") => ({
  roleRef: { apiGroup: rbac, kind, name },
  subjects: [],
});
const service = (spec: JsonObject) => ({ spec: { ports: [{ port: 80 }], ...spec } });
const definition = (group: string, scope: string) => ({
  metadata: { name: `things.${group}` },
  spec: {
    group,
    scope,
    names: { kind: "Thing", plural: "things" },
    versions: [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
    ],
  },
});
const group = `${uniqueSuffix()}.immutable.example`;

type Row = readonly [
  kind: string,
  apiVersion: string,
  before: JsonObject,
  after: JsonObject,
  message: string,
];

const rows: readonly Row[] = [
  ["Job", "batch/v1", job("a:1"), job("a:2"), "spec.template: field is immutable"],
  ["Deployment", "apps/v1", workload("a"), workload("b"), "spec.selector: field is immutable"],
  ["DaemonSet", "apps/v1", workload("a"), workload("b"), "spec.selector: field is immutable"],
  [
    "StatefulSet",
    "apps/v1",
    set("a"),
    set("b"),
    "spec: updates to statefulset spec for fields other than",
  ],
  ["PersistentVolumeClaim", "v1", claim("a"), claim("b"), "spec: spec is immutable after creation"],
  [
    "PersistentVolume",
    "v1",
    volume("/a"),
    volume("/b"),
    "spec.persistentvolumesource: spec.persistentvolumesource is immutable",
  ],
  [
    "Service",
    "v1",
    service({ clusterIP: "10.96.40.77" }),
    service({ clusterIP: "10.96.40.78" }),
    "spec.clusterIPs[0]: may not change once set",
  ],
  ["RoleBinding", `${rbac}/v1`, roleRef("a"), roleRef("b"), "roleRef: cannot change roleRef"],
  [
    "ClusterRoleBinding",
    `${rbac}/v1`,
    roleRef("a", "ClusterRole"),
    roleRef("b", "ClusterRole"),
    "roleRef: cannot change roleRef",
  ],
  [
    "ConfigMap",
    "v1",
    { immutable: true, data: { a: "1" } },
    { immutable: true, data: { a: "2" } },
    "data: field is immutable when `immutable` is set",
  ],
  [
    "Secret",
    "v1",
    { immutable: true, data: { a: "MQ==" } },
    { immutable: true, data: { a: "Mg==" } },
    "data: field is immutable when `immutable` is set",
  ],
  [
    "Secret",
    "v1",
    { type: "Opaque", data: {} },
    { type: "mine/other", data: {} },
    "type: field is immutable",
  ],
  [
    "CustomResourceDefinition",
    "apiextensions.k8s.io/v1",
    definition(group, "Namespaced"),
    definition(group, "Cluster"),
    "spec.scope: field is immutable",
  ],
  [
    "StorageClass",
    "storage.k8s.io/v1",
    { provisioner: "a.example/a", parameters: { a: "1" } },
    { provisioner: "a.example/a", parameters: { a: "2" } },
    "parameters: field is immutable",
  ],
  [
    "PriorityClass",
    "scheduling.k8s.io/v1",
    { value: 1 },
    { value: 2 },
    "value: may not be changed in an update",
  ],
  [
    "IngressClass",
    "networking.k8s.io/v1",
    { spec: { controller: "a.example/a" } },
    { spec: { controller: "a.example/b" } },
    "spec.controller: field is immutable",
  ],
  [
    "RuntimeClass",
    "node.k8s.io/v1",
    { handler: "a" },
    { handler: "b" },
    "handler: field is immutable",
  ],
  [
    "ResourceQuota",
    "v1",
    { spec: { scopes: ["Terminating"], hard: { pods: "1" } } },
    { spec: { scopes: ["NotTerminating"], hard: { pods: "1" } } },
    "spec.scopes: field is immutable",
  ],
  [
    "Pod",
    "v1",
    { spec: pod("a") },
    { spec: { ...pod("a"), hostname: "b" } },
    "spec: pod updates may not change fields other than",
  ],
];

describe("an immutable field is changed", () => {
  test.each(rows)(
    "%s of %s: named, without its values",
    async (...[kind, apiVersion, before, after, message]) => {
      const metadata = { name: `it-${uniqueSuffix()}`, namespace };
      const of = (more: JsonObject) => ({ apiVersion, kind, metadata, ...more }) as Manifest;
      const outcome = await change(of(before), of(after));
      const told = expect.stringContaining(message) as string;
      expect(outcome).toMatchObject({
        result: "failed",
        fault: { code: "immutable-field", message: told },
      });
    },
  );
});

describe("what is not said of a field", () => {
  test("two causes, one of another kind: refused as it is, since making it anew would not help", async () => {
    const metadata = { name: `it-${uniqueSuffix()}`, namespace };
    const of = (more: JsonObject) =>
      ({ apiVersion: "batch/v1", kind: "Job", metadata, ...more }) as Manifest;
    const wrong = { spec: { ...job("a:2").spec, parallelism: -1 } };
    const outcome = await change(of(job("a:1")), of(wrong));
    expect(outcome).toMatchObject({ result: "failed", fault: { code: "object-refused" } });
  });

  test("a value that reads as if the field were immutable: refused as it is", async () => {
    const metadata = { name: `it-${uniqueSuffix()}`, namespace };
    const of = (externalName: string) => {
      const spec = { type: "ExternalName", externalName };
      return { apiVersion: "v1", kind: "Service", metadata, spec } as Manifest;
    };
    const outcome = await change(of("a.example"), of("a: field is immutable"));
    expect(outcome).toMatchObject({ result: "failed", fault: { code: "object-refused" } });
  });
});

test("what may not change beside what is wrong: both are named, no variable's value is shown", async () => {
  const metadata = { name: `it-${uniqueSuffix()}`, namespace };
  const of = (image: string, more: JsonObject = {}) => {
    const env = [{ name: "PASSWORD", value: "hunter2" }];
    const containers = [{ name: "a", image, env }];
    const spec = { template: { spec: { containers, restartPolicy: "Never" } }, ...more };
    return { apiVersion: "batch/v1", kind: "Job", metadata, spec } as Manifest;
  };
  const outcome = await change(of("a:1"), of("a:2", { parallelism: -1 }));
  const message = outcome.result === "failed" ? outcome.fault.message : outcome.result;
  expect(message).toContain("spec.parallelism: Invalid value: -1: must be");
  expect(message).toContain("spec.template: Invalid value (not shown): field is immutable");
  expect(message).not.toContain("hunter2");
});
