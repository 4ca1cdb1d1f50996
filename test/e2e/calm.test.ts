/** What is not drift: defaults, status, other spellings, foreign fields; no write and no record for any of it. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { projectRoot } from "../../src/local/paths";
import { eventually, uniqueSuffix } from "../support/cluster";
import { becomes, edit, recordsOf, scale } from "../support/hands";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

/** Nothing was written for the app, nothing was recorded, and the status says so. */
async function expectCalm(app: App, mark: number, namespace = app.namespace): Promise<void> {
  const names = [namespace, app.namespace];
  const writes = await world.writes(mark);
  const ours = writes.filter(
    request =>
      names.includes(request.namespace) || request.uri.includes(encodeURIComponent(app.namespace)),
  );
  expect(ours.map(({ verb, uri }) => `${verb} ${uri}`)).toEqual([]);
  expect(await recordsOf(admin, app.namespace)).toEqual([]);
  expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });
}

const suffix = uniqueSuffix();
const shop = `calm-${suffix}`;

/** The shop of every usual kind, under names of its own. */
function shopFiles(): Readonly<Record<string, string>> {
  const folder = join(projectRoot, "test", "fixtures", "shop");
  const renamed = (text: string) =>
    text.replaceAll("nopea-shop", shop).replaceAll("shop.nopea.example", `${shop}.example`);
  return Object.fromEntries(
    readdirSync(folder).map(name => [name, renamed(readFileSync(join(folder, name), "utf8"))]),
  );
}

describe.concurrent("minimal manifests of every usual kind", () => {
  afterAll(async () => {
    const [namespace, crd, role] = [
      { apiVersion: "v1", kind: "Namespace", name: shop },
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        name: `discounts.${shop}.example`,
      },
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", name: `${shop}-reader` },
    ] as const;
    await Promise.all([namespace, crd, role].map(ref => admin.delete(ref)));
  });

  it("ten seconds while controllers work on them, beginning with the sync: no write, no record, no drift", async () => {
    const app = await world.app({ files: shopFiles(), spec: { interval: "1s" } });
    const { status } = await app.synced(app.commit, 30_000);
    expect(status?.resources?.total).toBe(20);
    const mark = await world.mark();
    await sleep(10_000);
    await expectCalm(app, mark, shop);
    await app.remove();
  });
});

const api = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {team: shop}}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: registry.invalid/api:1
          env: [{name: A, value: "1"}, {name: B, value: "2"}]
          ports: [{containerPort: 80}, {containerPort: 81}]
          resources: {requests: {cpu: 0.5, memory: 1024Mi}}
`;
const one = "/spec/template/spec/containers/0";

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { env: unknown[]; ports: unknown[] }[] };
    };
  };
}

async function reversed(ref: ObjectRef, field: "env" | "ports"): Promise<readonly object[]> {
  const { spec } = await admin.get<Deployment>(ref);
  const items = spec.template.spec.containers[0]?.[field] ?? [];
  return [{ op: "replace", path: `${one}/${field}`, value: [...items].reverse() }];
}

const run = async (app: App, ...args: readonly string[]) => {
  const { code, stderr } = await world.cluster.kubectl(["-n", app.namespace, ...args]);
  expect(code, stderr).toBe(0);
};
const patch = (ref: ObjectRef, body: unknown, subresource?: string) =>
  edit(admin, ref, {
    manager: "somebody",
    body,
    ...(subresource === undefined ? {} : { subresource }),
  });

type Nothing = (app: App, ref: ObjectRef) => Promise<unknown>;

const nothings: Readonly<Record<string, Nothing>> = {
  "a label and an annotation of somebody else": async app => {
    await run(app, "label", "deploy/api", "cost-center=42");
    await run(app, "annotate", "deploy/api", "who=me");
    await run(app, "label", "deploy/api", "cost-center-");
  },
  "fields that Git does not declare": (_, ref) =>
    patch(ref, { spec: { minReadySeconds: 5, revisionHistoryLimit: 3 } }),
  "a status": (_, ref) => patch(ref, { status: { observedGeneration: 7 } }, "status"),
  "other spellings of the same quantities": (_, ref) =>
    patch(ref, [
      {
        op: "replace",
        path: `${one}/resources/requests`,
        value: { cpu: "0.5", memory: "1048576Ki" },
      },
    ]),
  "keyed lists in another order": async (_, ref) => {
    await patch(ref, await reversed(ref, "env"));
    await patch(ref, await reversed(ref, "ports"));
  },
  "kubectl rollout restart": app => run(app, "rollout", "restart", "deploy/api"),
  "edits to the same value": async (app, ref) => {
    await run(app, "set", "image", "deploy/api", "api=registry.invalid/api:1");
    await patch(ref, { metadata: { labels: { team: "shop" } } });
    const input = JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "api", labels: { team: "shop" } },
    });
    const apply = ["-n", app.namespace, "apply", "--server-side", "-f", "-"];
    const { code, stderr } = await world.cluster.kubectl(apply, { input });
    expect(code, stderr).toBe(0);
  },
  "replicas that Git does not declare": async (app, ref) => {
    await run(app, "scale", "deploy/api", "--replicas=3");
    await scale(admin, ref, 4, "kube-controller-manager");
  },
  "a foreign sidecar": (_, ref) =>
    patch(ref, [
      {
        op: "add",
        path: "/spec/template/spec/containers/-",
        value: { name: "mesh", image: "registry.invalid/mesh:1" },
      },
    ]),
  "a dry run": async app => {
    await run(app, "set", "image", "deploy/api", "api=x:1", "--dry-run=server");
    await run(app, "delete", "deploy/api", "--dry-run=server");
  },
};

describe.concurrent("what others do to a Deployment", () => {
  it.each(Object.entries(nothings))("%s: no write, no record, no drift", async (_, act) => {
    const app = await world.app({ files: { "d.yaml": api }, spec: { interval: "1s" } });
    await app.synced();
    const ref = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: app.namespace,
      name: "api",
    };
    const mark = await world.mark();
    const before = await admin.get(ref);
    await act(app, ref);
    await sleep(3_000);
    await expectCalm(app, mark);
    // it is still watched: an edit of a declared field is seen
    await patch(ref, { metadata: { labels: { team: "other" } } });
    await becomes(async () => (await admin.get(ref)).metadata.labels?.team, "shop");
    expect((await admin.get(ref)).metadata.uid).toBe(before.metadata.uid);
  });
});

describe.concurrent("an edit that is taken back before nopea may act", () => {
  it("in a grace period, ten times: one write for each at most, none of them of a value", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s", healGracePeriod: "1h" },
    });
    await app.synced();
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: app.namespace, name: "a" };
    const mark = await world.mark();
    for (let round = 0; round < 10; round++) {
      await patch(ref, { data: { value: "2" } });
      await patch(ref, { data: { value: "1" } });
    }
    await eventually(async () => {
      const { status } = await app.resource();
      const records = await recordsOf(admin, app.namespace);
      const isOver = records.every(({ status: { state } }) => state !== "open");
      return status?.driftCount === 0 && isOver;
    }, 10_000);
    await sleep(2_000);
    expect(await app.data("a")).toEqual({ value: "1" });
    expect((await app.resource()).status).toMatchObject({ driftCount: 0 });
    const writes = (await world.writes(mark)).filter(
      ({ name, namespace }) => name === "a" && namespace === app.namespace,
    );
    expect(writes.length).toBeLessThanOrEqual(20);
    const records = await recordsOf(admin, app.namespace);
    expect(records.filter(({ status }) => status.state === "open")).toEqual([]);
  });
});
