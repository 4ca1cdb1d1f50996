/** Healing is complete, also where server-side apply alone fails or leaves both; what Git drops goes. */
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { compareWithText } from "../support/compare";
import { becomes, canonical, closedRecords, contentOf, edit } from "../support/hands";
import { useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

const deployment = (pod: string, strategy = "Recreate") => `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  strategy: {type: ${strategy}}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
${pod}`;

const api = deployment(`      containers:
        - name: api
          image: registry.invalid/api:1
          ports: [{name: http, containerPort: 80}]
          env: [{name: MODE, value: calm}, {name: OTHER, value: "1"}]
          readinessProbe: {httpGet: {path: /ready, port: 80}}
      volumes: [{name: scratch, emptyDir: {}}]
`);
const service = (name: string) => `apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{${name}port: 80, targetPort: 8080}]
`;

const one = "/spec/template/spec/containers/0";
const configMapKeyRef = { name: "settings", key: "mode" };

interface Case {
  readonly text: string;
  readonly kind: "Deployment" | "Service";
  readonly body: readonly object[];
}

const cases: Readonly<Record<string, Case>> = {
  "containerPort 80 → 8080": {
    text: api,
    kind: "Deployment",
    body: [{ op: "replace", path: `${one}/ports/0/containerPort`, value: 8080 }],
  },
  "a Service's port 80 → 81, unnamed": {
    text: service(""),
    kind: "Service",
    body: [{ op: "replace", path: "/spec/ports/0/port", value: 81 }],
  },
  "a Service's port 80 → 81, named": {
    text: service("name: http, "),
    kind: "Service",
    body: [{ op: "replace", path: "/spec/ports/0/port", value: 81 }],
  },
  "a probe's httpGet → exec": {
    text: api,
    kind: "Deployment",
    body: [
      { op: "replace", path: `${one}/readinessProbe`, value: { exec: { command: ["true"] } } },
    ],
  },
  "a variable's value → valueFrom": {
    text: api,
    kind: "Deployment",
    body: [
      {
        op: "replace",
        path: `${one}/env/0`,
        value: { name: "MODE", valueFrom: { configMapKeyRef } },
      },
    ],
  },
  "a volume's emptyDir → configMap": {
    text: api,
    kind: "Deployment",
    body: [
      {
        op: "replace",
        path: "/spec/template/spec/volumes/0",
        value: { name: "scratch", configMap: { name: "settings" } },
      },
    ],
  },
  "strategy Recreate → RollingUpdate": {
    text: api,
    kind: "Deployment",
    body: [{ op: "replace", path: "/spec/strategy", value: { type: "RollingUpdate" } }],
  },
  "a renamed variable": {
    text: api,
    kind: "Deployment",
    body: [{ op: "replace", path: `${one}/env/0/name`, value: "RENAMED" }],
  },
  "a renamed container": {
    text: api,
    kind: "Deployment",
    body: [{ op: "replace", path: `${one}/name`, value: "renamed" }],
  },
};

const refOf = ({ namespace }: App, kind: Case["kind"]): ObjectRef => ({
  apiVersion: kind === "Service" ? "v1" : "apps/v1",
  kind,
  namespace,
  name: "api",
});

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template?: { readonly spec: { readonly containers: Container[] } };
  };
}

interface Container {
  readonly name: string;
  readonly env?: { readonly name: string }[];
}

const contentNow = async (ref: ObjectRef) => canonical(contentOf(await admin.get(ref)));

/** Beside a foreign container the order is nobody's: what was renamed comes back at the end. */
async function sortedNow(ref: ObjectRef, { isOld = false } = {}): Promise<string> {
  const object = await admin.get<Deployment>(ref);
  const containers = object.spec.template?.spec.containers ?? [];
  const variables = isOld ? containers.map(({ env = [] }) => env) : [];
  for (const list of [containers, ...variables]) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return canonical(contentOf(object));
}

describe.concurrent("what server-side apply alone cannot undo", () => {
  it.each(Object.entries(cases))(
    "%s: as Git declares, and nothing of the edit is left",
    async (_, { text, kind, body }) => {
      const app = await world.app({ files: { "a.yaml": text } });
      await app.synced();
      const ref = refOf(app, kind);
      // server-side apply of 1.24 leaves items that stay in front of those that come back
      const isOld = (await world.cluster.minorVersion()) < 30;
      const content = () => (isOld ? sortedNow(ref, { isOld }) : contentNow(ref));
      const before = await content();
      await edit(admin, ref, { manager: "kubectl-edit", body });
      const [closed] = await closedRecords(admin, app.namespace);
      expect(closed.status).toMatchObject({ class: "manual_drift", decision: "healed" });
      expect(await content()).toBe(before);
      const { namespace } = app;
      expect(await compareWithText(world.cluster, { namespace, text })).toEqual([]);
      // and again: what is healed is watched as before
      await edit(admin, ref, { manager: "kubectl-edit", body });
      await app.until(({ driftCount }) => driftCount === 0);
      await becomes(content, before);
    },
  );

  it("all of a Deployment's at once, beside a foreign sidecar: the sidecar stays, and only that", async () => {
    const app = await world.app({ files: { "a.yaml": api } });
    await app.synced();
    const ref = refOf(app, "Deployment");
    const sidecar = { op: "add", path: "/spec/template/spec/containers/-" };
    const value = {
      name: "mesh",
      image: "registry.invalid/mesh:1",
      env: [{ name: "A", value: "b" }],
    };
    await edit(admin, ref, { manager: "mesh-injector", body: [{ ...sidecar, value }] });
    const before = await sortedNow(ref);
    expect(before).toContain("registry.invalid/mesh:1");
    const kinds = Object.values(cases).filter(({ kind }) => kind === "Deployment");
    // the container is renamed last: the others go by its place
    await edit(admin, ref, { manager: "kubectl-edit", body: kinds.flatMap(({ body }) => body) });
    await closedRecords(admin, app.namespace);
    expect(await sortedNow(ref)).toBe(before);
  });
});

const configMap = (data: Readonly<Record<string, string>>) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data });

describe.concurrent("what Git drops", () => {
  const ofMap = ({ namespace }: App) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace,
    name: "a",
  });

  it("edited by hand before, and healed: gone", async () => {
    const app = await world.app({ files: { "a.yaml": configMap({ one: "1", two: "2" }) } });
    await app.synced();
    await edit(admin, ofMap(app), { manager: "kubectl-edit", body: { data: { two: "hand" } } });
    await closedRecords(admin, app.namespace);
    await app.synced(await app.push({ "a.yaml": configMap({ one: "1" }) }));
    expect(await app.data("a")).toEqual({ one: "1" });
  });

  it("edited by hand and still so: gone with the commit, as a conflict that Git won", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap({ one: "1", two: "2" }) },
      spec: { healPolicy: "manual" },
    });
    await app.synced();
    await edit(admin, ofMap(app), { manager: "kubectl-edit", body: { data: { two: "hand" } } });
    await app.until(({ driftCount }) => driftCount === 1);
    await app.synced(await app.push({ "a.yaml": configMap({ one: "1" }) }));
    expect(await app.data("a")).toEqual({ one: "1" });
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ class: "conflict", decision: "healed" });
  });

  it("in an object that kubectl create had made, and nopea adopted: gone", async () => {
    const namespace = await world.cluster.createNamespace("adopted");
    const input = deployment(`      containers:
        - name: api
          image: registry.invalid/api:1
          args: [--old]
          env: [{name: A, value: "1"}, {name: B, value: "2"}]
`);
    const made = await world.cluster.kubectl(["-n", namespace, "create", "-f", "-"], { input });
    expect(made.code, made.stderr).toBe(0);
    const app = await world.app({ namespace, files: { "a.yaml": input } });
    await app.synced();
    const next = deployment(`      containers:
        - name: api
          image: registry.invalid/api:1
          env: [{name: A, value: "1"}]
`);
    await app.synced(await app.push({ "a.yaml": next }));
    const live = await admin.get<KubeObject & { spec: unknown }>(refOf(app, "Deployment"));
    const text = JSON.stringify(live.spec);
    expect(text).not.toContain("--old");
    expect(text).not.toContain('"B"');
    expect(await compareWithText(world.cluster, { namespace, text: next })).toEqual([]);
  });

  it("whose managedFields had been wiped: gone", async () => {
    const app = await world.app({ files: { "a.yaml": configMap({ one: "1", two: "2" }) } });
    await app.synced();
    const wiped = [{ op: "replace", path: "/metadata/managedFields", value: [{}] }];
    await edit(admin, ofMap(app), { manager: "kubectl-edit", body: wiped });
    await app.synced(await app.push({ "a.yaml": configMap({ one: "1" }) }));
    expect(await app.data("a")).toEqual({ one: "1" });
    // and what is left is nopea's again: an edit is healed
    await edit(admin, ofMap(app), { manager: "kubectl-edit", body: { data: { one: "hand" } } });
    await becomes(() => app.data("a"), { one: "1" });
  });
});
