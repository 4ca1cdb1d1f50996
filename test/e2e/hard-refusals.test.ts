/** What the cluster refuses, for a reason of its own: what, where, why and what next; the rest is in; over when it is over. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Files } from "../../src/local/git-fast-import";
import type { KubeObject } from "../../src/local/kube-types";
import { startJudgingWebhook } from "../support/admission-webhook";
import { eventually, uniqueSuffix } from "../support/cluster";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

const reasonOf = async (app: App) => conditionOf((await app.resource()).status, "Ready")?.reason;

async function writesOf(app: App, name: string, mark: number): Promise<number> {
  const writes = await world.writes(mark);
  return writes.filter(write => write.namespace === app.namespace && write.name === name).length;
}

/** The object is named with this reason and message, the ConfigMap `good` is in, and there is no hot loop. */
async function expectRefused(app: App, name: string, { reason, message }: Refusal): Promise<void> {
  expect(await app.failed(new RegExp(name), 60_000)).toMatch(message);
  expect(await reasonOf(app)).toBe(reason);
  expect(await app.data("good")).toEqual({ value: "1" });
  const mark = await world.mark();
  await sleep(6_000);
  expect(await writesOf(app, name, mark)).toBeLessThanOrEqual(2);
}

interface Refusal {
  readonly reason: string;
  readonly message: RegExp;
}

const start = (files: Files, namespace?: string) =>
  world.app({
    files: { "good.yaml": configMap("good", "1"), ...files },
    spec: { interval: "1s" },
    ...(namespace === undefined ? {} : { namespace }),
  });

describe.concurrent("a webhook", () => {
  it.each([403, 409, 422, 503])(
    "refuses with %i: told as it says it, and in once it agrees",
    async code => {
      const namespace = await world.cluster.createNamespace("judged");
      let isStrict = true;
      const where = { namespace, resource: "configmaps" };
      const webhook = await startJudgingWebhook(admin, where, ({ metadata }) =>
        metadata.name === "bad" && isStrict ? { code, message: "not before Monday" } : undefined,
      );
      try {
        const app = await start({ "bad.yaml": configMap("bad", "1") }, namespace);
        await expectRefused(app, "bad", {
          reason: "AdmissionDenied",
          message:
            /^bad\.yaml:1: ConfigMap\/.*\/bad: admission webhook "tests-.*" denied the request: not before Monday: change the object/,
        });
        isStrict = false;
        await app.synced(app.commit, 60_000);
      } finally {
        await webhook.stop();
      }
    },
  );

  it("nobody answers for it: named as such, and in once its configuration is gone", async () => {
    const namespace = await world.cluster.createNamespace("unanswered");
    const name = `unanswered-${uniqueSuffix()}.nopea.example`;
    const apiVersion = "admissionregistration.k8s.io/v1";
    const kind = "ValidatingWebhookConfiguration";
    const selector = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
    await admin.create({
      apiVersion,
      kind,
      metadata: { name },
      webhooks: [
        {
          name,
          clientConfig: { url: "https://127.0.0.1:1/" },
          rules: [
            { apiGroups: [""], apiVersions: ["v1"], resources: ["services"], operations: ["*"] },
          ],
          namespaceSelector: selector,
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Fail",
        },
      ],
    });
    try {
      const service = `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}`;
      const app = await start({ "web.yaml": service }, namespace);
      await expectRefused(app, "web", {
        reason: "WebhookFailed",
        message:
          /^web\.yaml:1: Service\/.*\/web: .*failed calling webhook "unanswered-.*: check the server of the webhook/,
      });
      await admin.delete({ apiVersion, kind, name });
      await app.synced(app.commit, 60_000);
    } finally {
      await admin.delete({ apiVersion, kind, name });
    }
  });
});

const quota = (services: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "services" },
    spec: { hard: { services } },
  });
const service = (name: string) =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {ports: [{port: 80}]}}`;

/** Until the controller has counted. */
async function counted(app: App, hard: string): Promise<void> {
  await eventually(async () => {
    const found = await app.find<KubeObject & { status?: { hard?: { services?: string } } }>(
      "v1",
      "ResourceQuota",
      "services",
    );
    if (found?.status?.hard?.services !== hard) throw new Error("the quota is not counted yet");
    return true;
  }, 20_000);
}

describe.concurrent("a ResourceQuota", () => {
  it("is exceeded: named with the quota; raised by hand: in by itself", async () => {
    const app = await start({ "other.yaml": configMap("other", "1") });
    await app.synced();
    await admin.create({
      ...(JSON.parse(quota("1")) as KubeObject),
      metadata: { name: "services", namespace: app.namespace },
    });
    await counted(app, "1");
    const commit = await app.push({ "a.yaml": service("a"), "b.yaml": service("b") });
    await expectRefused(app, "[ab]", {
      reason: "QuotaExceeded",
      message:
        /^[ab]\.yaml:1: Service\/.*: exceeded quota: services, requested: services=1.*: raise the ResourceQuota/,
    });
    const ref = { apiVersion: "v1", kind: "ResourceQuota", namespace: app.namespace };
    await admin.patch({ ...ref, name: "services" }, { spec: { hard: { services: "5" } } });
    await app.synced(commit, 30_000);
  });

  it("is raised by the commit that needs it: in with one sync", async () => {
    const app = await start({ "quota.yaml": quota("1"), "a.yaml": service("a") });
    await app.synced(app.commit, 40_000);
    await counted(app, "1");
    const before = await app.syncs();
    const more = { "b.yaml": service("b"), "c.yaml": service("c") };
    const commit = await app.push({ "quota.yaml": quota("5"), ...more });
    await app.synced(commit, 30_000);
    expect(await app.syncs()).toBe(before + 1);
  });
});

describe("an object that is too large", () => {
  const large = "x".repeat(1_100_000);

  it("a ConfigMap of more than 1 MiB: named, and in once Git has a smaller one", async () => {
    const app = await start({ "large.yaml": configMap("large", large) });
    await expectRefused(app, "large", {
      reason: "ObjectTooLarge",
      message: /^large\.yaml:1: ConfigMap\/.*\/large: .*Too long.*1048576.*: split it up/,
    });
    expect((await app.resource()).status?.conditions?.[0]?.message.length).toBeLessThan(4_097);
    await app.synced(await app.push({ "large.yaml": configMap("large", "small") }), 60_000);
  });

  it("a custom resource that etcd refuses: named, and in once Git has a smaller one", async () => {
    const group = `large-${uniqueSuffix()}.example`;
    const thing = (value: string) =>
      JSON.stringify({
        apiVersion: `${group}/v1`,
        kind: "Thing",
        metadata: { name: "large" },
        spec: { value },
      });
    const app = await start({ "crd.yaml": definition(group), "large.yaml": thing(large + large) });
    await expectRefused(app, "large", {
      reason: "ObjectTooLarge",
      message: /^large\.yaml:1: Thing\..*\/large: .*(too large|larger than max).*: split it up/i,
    });
    await app.synced(await app.push({ "large.yaml": thing("small") }), 60_000);
    await app.remove();
    await deleteDefinition(group);
  });
});

function definition(group: string, properties: object = { value: { type: "string" } }): string {
  const version = (name: string, more: object) => ({
    name,
    served: true,
    storage: true,
    schema: {
      openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } },
    },
    ...more,
  });
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind: "Thing", plural: "things" },
      versions: [version("v1", {})],
    },
  });
}

async function deleteDefinition(group: string): Promise<void> {
  const apiVersion = "apiextensions.k8s.io/v1";
  await admin.delete({ apiVersion, kind: "CustomResourceDefinition", name: `things.${group}` });
}

describe.concurrent("a field that the definition does not have", () => {
  it("named; a commit that adds it to the definition, and more objects that use it: in with one sync", async () => {
    const group = `field-${uniqueSuffix()}.example`;
    const thing = (name: string, size: number) =>
      JSON.stringify({
        apiVersion: `${group}/v1`,
        kind: "Thing",
        metadata: { name },
        spec: { size },
      });
    const app = await start({ "crd.yaml": definition(group), "t.yaml": thing("t", 1) });
    await expectRefused(app, "/t:", {
      reason: "UnknownField",
      message:
        /^t\.yaml:1: Thing\..*\/t: .*\.spec\.size: field not declared in schema: correct the field's name/,
    });
    const before = await app.syncs();
    const files = Object.fromEntries(
      ["u", "v", "w"].map(name => [`${name}.yaml`, thing(name, 1)] as const),
    );
    const sized = definition(group, { size: { type: "integer", maximum: 1 } });
    const commit = await app.push({ "crd.yaml": sized, ...files });
    await app.synced(commit, 20_000);
    expect((await app.syncs()) - before).toBeLessThanOrEqual(2);

    // the schema of before refuses what the new one takes
    const wider = definition(group, { size: { type: "integer", maximum: 9 } });
    const changed = { "u.yaml": thing("u", 9), "v.yaml": thing("v", 9), "w.yaml": thing("w", 9) };
    const syncs = await app.syncs();
    const last = await app.push({ "crd.yaml": wider, ...changed });
    await app.synced(last, 20_000);
    expect(await app.syncs()).toBe(syncs + 1);
    await app.remove();
    await deleteDefinition(group);
  });
});

describe.concurrent("generateName", () => {
  it("nothing of the commit is written, and the message says what to do", async () => {
    const app = await start({
      "g.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: g-}}",
    });
    expect(await app.failed(/g\.yaml/)).toMatch(/^g\.yaml:1: .*give it a metadata\.name/);
    expect(await app.data("good")).toBeUndefined();
  });
});
