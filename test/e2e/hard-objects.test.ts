/** Objects that the API server and controllers fill in: what Git does not declare is theirs, whatever a commit changes. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually, uniqueSuffix } from "../support/cluster";
import { edit, recordsOf } from "../support/hands";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

interface Content extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly rules?: readonly unknown[];
  readonly secrets?: readonly unknown[];
  readonly imagePullSecrets?: readonly unknown[];
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

async function start(...objects: readonly object[]): Promise<App> {
  const app = await world.app({ files: filesOf(...objects), spec: { interval: "1s" } });
  await app.synced();
  return app;
}

const filesOf = (...objects: readonly object[]) =>
  Object.fromEntries(objects.map((object, index) => [`${index}.yaml`, JSON.stringify(object)]));

/** Three seconds of polls: nothing is written, nothing recorded, all is in. */
async function expectCalm(app: App, ...names: readonly string[]): Promise<void> {
  const mark = await world.mark();
  await sleep(3_000);
  const writes = (await world.writes(mark)).filter(
    ({ namespace, name }) => namespace === app.namespace || names.includes(name),
  );
  expect(writes.map(({ verb, uri }) => `${verb} ${uri}`)).toEqual([]);
  expect(await recordsOf(admin, app.namespace)).toEqual([]);
  expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });
}

describe.concurrent("a Service whose addresses and ports the API server allocates", () => {
  const service = (spec: object, labels = {}) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", labels },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
  });
  const refOf = ({ namespace }: App) => ({
    apiVersion: "v1",
    kind: "Service",
    namespace,
    name: "web",
  });
  const specOf = async (app: App) => (await admin.get<Content>(refOf(app))).spec;

  it("clusterIP, nodePort and healthCheckNodePort stay when a commit changes something else", async () => {
    const spec = { type: "LoadBalancer", externalTrafficPolicy: "Local" };
    const app = await start(service(spec));
    const before = await specOf(app);
    expect(before).toMatchObject({
      clusterIP: expect.stringMatching(/^10\./) as string,
      healthCheckNodePort: expect.any(Number) as number,
      ports: [{ nodePort: expect.any(Number) as number }],
    });
    await expectCalm(app);
    await app.synced(await app.push(filesOf(service(spec, { tier: "front" }))));
    expect(await specOf(app)).toEqual(before);
    await expectCalm(app);
  });

  it("ClusterIP → NodePort → ClusterIP → ExternalName → ClusterIP: each is in, and nothing of the one before is left", async () => {
    const app = await start(service({}));
    await app.synced(await app.push(filesOf(service({ type: "NodePort" }))));
    expect(await specOf(app)).toMatchObject({
      type: "NodePort",
      ports: [{ nodePort: expect.any(Number) as number }],
    });
    await app.synced(await app.push(filesOf(service({ type: "ClusterIP" }))));
    const back = await specOf(app);
    expect(back).toMatchObject({ type: "ClusterIP" });
    expect(JSON.stringify(back)).not.toContain("nodePort");
    const external = { type: "ExternalName", externalName: "web.example" };
    await app.synced(await app.push(filesOf(service(external))));
    const outside = await specOf(app);
    expect(outside).toMatchObject(external);
    expect(outside).not.toHaveProperty("clusterIP");
    await app.synced(await app.push(filesOf(service({}))));
    const inside = await specOf(app);
    expect(inside).toMatchObject({ type: "ClusterIP" });
    expect(inside).not.toHaveProperty("externalName");
    await expectCalm(app);
  });

  it("headless, with a label of a later commit: in, and calm", async () => {
    const app = await start(service({ clusterIP: "None" }));
    await app.synced(await app.push(filesOf(service({ clusterIP: "None" }, { tier: "front" }))));
    expect(await specOf(app)).toMatchObject({ clusterIP: "None" });
    await expectCalm(app);
  });
});

describe.concurrent("a ServiceAccount that controllers add Secrets to", () => {
  it("secrets and imagePullSecrets that Git does not declare: stay, through polls and commits", async () => {
    const account = (labels = {}) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "runner", labels },
      secrets: [{ name: "declared" }],
    });
    const app = await start(account());
    const ref = { apiVersion: "v1", kind: "ServiceAccount", namespace: app.namespace };
    const body = {
      secrets: [{ name: "declared" }, { name: "runner-token" }],
      imagePullSecrets: [{ name: "registry" }],
    };
    const runner = { ...ref, name: "runner" };
    await edit(admin, runner, { manager: "openshift-controller", body });
    await expectCalm(app);
    await app.synced(await app.push(filesOf(account({ team: "red" }))));
    expect(await admin.get<Content>(runner)).toMatchObject(body);
    await expectCalm(app);
  });
});

describe.concurrent("a webhook configuration whose caBundle an injector fills in", () => {
  const caBundle = Buffer.from("-----BEGIN CERTIFICATE-----").toString("base64");
  const configuration = (name: string, clientConfig: object, annotations = {}) => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name, annotations },
    webhooks: [
      {
        name: "a.nopea.example",
        clientConfig: { url: "https://127.0.0.1:1/", ...clientConfig },
        rules: [
          {
            apiGroups: ["nobody.nopea.example"],
            apiVersions: ["v1"],
            resources: ["nothings"],
            operations: ["CREATE"],
          },
        ],
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Ignore",
      },
    ],
  });
  const refOf = (name: string): ObjectRef => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    name,
  });

  it.each([
    ["undeclared", {}, {}],
    [
      "declared as empty, and ignored",
      { caBundle: "" },
      { "nopea.io/ignore": "webhooks[].clientConfig.caBundle" },
    ],
  ])("%s: stays, through polls and commits", async (_, clientConfig, annotations) => {
    const name = `injected-${uniqueSuffix()}`;
    const app = await start(configuration(name, clientConfig, annotations));
    const path = "/webhooks/0/clientConfig/caBundle";
    const body = [{ op: "add", path, value: caBundle }];
    await edit(admin, refOf(name), { manager: "cainjector", body });
    await expectCalm(app, name);
    const more = { ...annotations, "nopea.example/purpose": "tests" };
    await app.synced(await app.push(filesOf(configuration(name, clientConfig, more))));
    const { webhooks } = await admin.get<Content>(refOf(name));
    expect(webhooks?.[0]?.clientConfig.caBundle).toBe(caBundle);
    await expectCalm(app, name);
    await app.remove();
    await admin.delete(refOf(name));
  });
});

describe.concurrent("a ClusterRole that others are aggregated into", () => {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const kind = "ClusterRole";
  const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };

  it.each([
    ["as an empty list", { rules: [] }],
    ["not at all", {}],
    ["as Helm charts do, with a rule of its own", { rules: [{ ...pods, verbs: ["list"] }] }],
  ])("rules declared %s: the controller fills them in, and nobody fights", async (_, rules) => {
    const suffix = uniqueSuffix();
    const [name, part] = [`whole-${suffix}`, `part-${suffix}`];
    const matchLabels = { [`nopea.example/${suffix}`]: "true" };
    const whole = (labels = {}) => ({
      apiVersion,
      kind,
      metadata: { name, labels },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
      ...rules,
    });
    const parts = {
      apiVersion,
      kind,
      metadata: { name: part, labels: matchLabels },
      rules: [pods],
    };
    const app = await start(whole(), parts);
    const filled = async () => {
      await eventually(async () => {
        const found = await admin.get<Content>({ apiVersion, kind, name });
        expect(found.rules).toEqual([pods]);
        return true;
      }, 10_000);
    };
    await filled();
    await expectCalm(app, name, part);
    await app.synced(await app.push(filesOf(whole({ team: "red" }), parts)));
    await filled();
    await expectCalm(app, name, part);
    await app.remove();
    for (const role of [name, part]) await admin.delete({ apiVersion, kind, name: role });
  });
});

describe.concurrent("a PersistentVolumeClaim", () => {
  it("volumeName and annotations of whoever binds it: stay, and a commit beside them is in", async () => {
    const claim = (labels = {}) => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", labels },
      spec: {
        storageClassName: "none",
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
      },
    });
    const app = await start(claim());
    const kind = "PersistentVolumeClaim";
    const ref = { apiVersion: "v1", kind, namespace: app.namespace, name: "data" };
    const annotations = { "pv.kubernetes.io/bind-completed": "yes" };
    const spec = { volumeName: "pv-1" };
    const body = { metadata: { annotations }, spec };
    await edit(admin, ref, { manager: "kube-controller-manager", body });
    await app.synced(await app.push(filesOf(claim({ team: "red" }))));
    expect(await admin.get<Content>(ref)).toMatchObject(body);
    await expectCalm(app);
  });
});

describe.concurrent("an object that is being deleted and waits for a finalizer", () => {
  it("named, the rest of the commit is in, and it is made anew when it is gone", async () => {
    const settings = (value: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", finalizers: ["nopea.example/held"] },
      data: { value },
    });
    const app = await start(settings("1"), JSON.parse(configMap("other", "1")) as object);
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: app.namespace, name: "held" };
    const { metadata } = await admin.get(ref);
    await admin.delete(ref);
    const commit = await app.push(
      filesOf(settings("2"), JSON.parse(configMap("other", "2")) as object),
    );
    await app.holds("other", "2");
    const message = await app.failed(/held/);
    expect(message).toMatch(/0\.yaml:1: ConfigMap\/.*\/held: the object is being deleted/);
    const mark = await world.mark();
    await sleep(4_000);
    const tries = (await world.writes(mark)).filter(({ namespace }) => namespace === app.namespace);
    expect(tries).toEqual([]);
    await admin.patch(ref, { metadata: { finalizers: null } });
    await app.synced(commit, 10_000);
    expect((await admin.get(ref)).metadata.uid).not.toBe(metadata.uid);
    expect(await app.data("held")).toEqual({ value: "2" });
    await admin.patch(ref, { metadata: { finalizers: null } }).catch(() => undefined);
    await app.remove();
    await admin.patch(ref, { metadata: { finalizers: null } });
  });
});
