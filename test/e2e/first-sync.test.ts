/** From a commit to live objects: what arrives, as whom it is written, and whose it is then. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json";
import { projectRoot } from "../../src/local/paths";
import type { KubeObject } from "../../src/local/kube-types";
import { nopeaUser } from "../support/nopea";
import { compareWithText } from "../support/compare";
import { configMap, repositoryApi, useWorld } from "../support/world";

const world = useWorld();

const threeManifests = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {tier: front}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.invalid/web:1.4
          ports: [{containerPort: 8080}]
          env: [{name: COLOUR, value: blue}, {name: EMPTY, value: ""}]
          resources: {requests: {cpu: 0.1, memory: 64Mi}}
`;

describe("a first sync", () => {
  it("three manifests in Git: live and equal within 10 s of kubectl apply of the GitRepository", async () => {
    const namespace = await world.cluster.createNamespace("first");
    const repository = await world.git().create(namespace);
    const commit = await repository.commit({ "all.yaml": threeManifests });
    const started = Date.now();
    const resource = { apiVersion: repositoryApi, kind: "GitRepository" };
    const applied = await world.cluster.kubectl(["apply", "-f", "-"], {
      input: JSON.stringify({
        ...resource,
        metadata: { namespace, name: "my-app" },
        spec: { url: repository.url },
      }),
    });
    expect(applied).toMatchObject({ code: 0 });
    const app = world.attach({ namespace, name: "my-app", repository, commit });
    const { status } = await app.synced(commit, 10_000);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(await compareWithText(world.cluster, { namespace, text: threeManifests })).toEqual([]);
    expect(status).toMatchObject({
      phase: "Synced",
      observedGeneration: 1,
      lastSyncedCommit: await repository.head(),
      lastAttemptedCommit: commit,
      resources: {
        total: 3,
        kinds: ["apps/v1/Deployment", "v1/ConfigMap", "v1/Service"],
        orphanCount: 0,
        orphans: [],
      },
    });
    expect(await owners(app.namespace, "my-app")).toEqual([]);
  });

  it("every write: by the ServiceAccount pepr-nopea, one server-side apply an object and nothing else", async () => {
    const mark = await world.mark();
    const app = await world.app({ files: { "all.yaml": threeManifests } });
    await app.synced();
    const writes = (await world.writes(mark)).filter(
      ({ namespace }) => namespace === app.namespace,
    );
    expect(nopeaUser).toBe("system:serviceaccount:pepr-system:pepr-nopea");
    const told = writes.map(({ verb, resource, name, code, impersonated }) =>
      [verb, resource, name, code, impersonated].join(" ").trim(),
    );
    expect(told.sort()).toEqual([
      "patch configmaps settings 201",
      "patch deployments web 201",
      "patch services web 201",
    ]);
    const manager = encodeURIComponent(`nopea:${app.namespace}/app`);
    for (const { uri } of writes) expect(uri).toContain(`fieldManager=${manager}`);
    const status = (await world.requests(mark)).filter(
      ({ resource, namespace }) =>
        namespace === app.namespace && resource.startsWith("gitrepositories/"),
    );
    expect(new Set(status.map(({ verb, resource }) => `${verb} ${resource}`))).toEqual(
      new Set(["patch gitrepositories/status"]),
    );
  });

  it("the object in the cluster: labelled, and annotated with the digest and the commit", async () => {
    const app = await world.app({ name: "shop", files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const { metadata } = await app.object("v1", "ConfigMap", "a");
    expect(metadata.labels).toEqual({
      "nopea.io/repository": "shop",
      "nopea.io/repository-namespace": app.namespace,
    });
    const annotations = metadata.annotations ?? {};
    expect(Object.keys(annotations)).toEqual(["nopea.io/applied"]);
    expect(annotations["nopea.io/applied"]).toMatch(
      new RegExp(`^v1:[0-9a-f]{16,64}@${app.commit}$`),
    );
  });

  it("a commit that leaves an object as it was: the object is not touched, the other one is", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
    });
    await app.synced();
    const before = await app.object("v1", "ConfigMap", "a");
    const mark = await world.mark();
    const second = await app.push({ "b.yaml": configMap("b", "2") });
    await app.synced(second);
    expect(await app.data("b")).toEqual({ value: "2" });
    const after = await app.object("v1", "ConfigMap", "a");
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    const written = (await world.writes(mark)).filter(
      ({ namespace }) => namespace === app.namespace,
    );
    expect(written.map(({ name }) => name)).toEqual(["b"]);
  });
});

/** Objects of the namespace whose managedFields lack nopea's entry. */
async function owners(namespace: string, name: string): Promise<string[]> {
  const kinds: [string, string][] = [
    ["v1", "ConfigMap"],
    ["v1", "Service"],
    ["apps/v1", "Deployment"],
  ];
  const lists = kinds.map(([apiVersion, kind]) =>
    world.cluster.admin.list(apiVersion, kind, { namespace, labelSelector: "nopea.io/repository" }),
  );
  const objects = (await Promise.all(lists)).flat();
  expect(objects).toHaveLength(3);
  return objects.flatMap(({ kind, metadata }) => {
    const entries = metadata.managedFields ?? [];
    const ours = entries.filter(({ manager }) => manager === `nopea:${namespace}/${name}`);
    return ours.length === 1 && ours[0]?.operation === "Apply" ? [] : [kind];
  });
}

describe("what is installed", () => {
  it("the manifest of npx pepr build: two Deployments of one image, and nothing that stores", async () => {
    const path = join(projectRoot, "dist", "pepr-module-nopea.yaml");
    const objects = parseAllDocuments(await readFile(path, "utf8"))
      .map(document => document.toJS() as KubeObject | null)
      .filter(object => object !== null);
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(
      new Set([
        "Namespace",
        "ClusterRole",
        "ClusterRoleBinding",
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "Secret",
        "Service",
        "Deployment",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
      ]),
    );
    const deployments = objects.filter(({ kind }) => kind === "Deployment");
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
      "pepr-nopea",
      "pepr-nopea-watcher",
    ]);
    const images = JSON.stringify(deployments).match(/"image":"[^"]+"/g) ?? [];
    expect(new Set(images).size).toBe(1);
    expect(JSON.stringify(deployments)).not.toMatch(/persistentVolumeClaim/);
  });

  it("the Helm chart beside it: Chart.yaml is YAML, which Pepr writes from package.json without quotes", async () => {
    const text = await readFile(join(projectRoot, "dist", "nopea-chart", "Chart.yaml"), "utf8");
    const { name, version, description } = packageJson;
    expect(parse(text)).toMatchObject({ name, version, description });
  });

  it("a running nopea: has made its two CRDs, no workload and no volume", async () => {
    const { admin } = world.cluster;
    const crds = await admin.list("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    const ours = crds.map(({ metadata }) => metadata.name).filter(name => name.includes("nopea"));
    expect(ours.sort()).toEqual([
      "driftrecords.nopea.false.systems",
      "gitrepositories.nopea.false.systems",
    ]);
    const kinds: [string, string][] = [
      ["apps/v1", "StatefulSet"],
      ["apps/v1", "Deployment"],
      ["v1", "PersistentVolumeClaim"],
      ["v1", "Pod"],
    ];
    for (const [apiVersion, kind] of kinds) {
      expect(await admin.list(apiVersion, kind, { namespace: "pepr-system" })).toEqual([]);
    }
  });
});
