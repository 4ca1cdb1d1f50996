/** An application of every usual kind, in one commit: in at once, owned exactly, and then left in peace. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/local/paths";
import { compareWithText } from "../support/compare";
import { record } from "../support/recorder";
import { repositoryApi, useWorld, type App, type GitRepositoryObject } from "../support/world";

const world = useWorld();
const folder = join(projectRoot, "test", "fixtures", "shop");
const files = Object.fromEntries(
  readdirSync(folder).map(name => [`deploy/${name}`, readFileSync(join(folder, name), "utf8")]),
);
const namespace = "nopea-shop";
const kinds = [
  "apiextensions.k8s.io/v1/CustomResourceDefinition",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "autoscaling/v2/HorizontalPodAutoscaler",
  "batch/v1/CronJob",
  "batch/v1/Job",
  "networking.k8s.io/v1/Ingress",
  "networking.k8s.io/v1/NetworkPolicy",
  "policy/v1/PodDisruptionBudget",
  "rbac.authorization.k8s.io/v1/ClusterRole",
  "rbac.authorization.k8s.io/v1/Role",
  "rbac.authorization.k8s.io/v1/RoleBinding",
  "shop.nopea.example/v1/Discount",
  "v1/ConfigMap",
  "v1/Namespace",
  "v1/PersistentVolumeClaim",
  "v1/Secret",
  "v1/Service",
  "v1/ServiceAccount",
];

describe("a shop of every usual kind", () => {
  let app: App;

  afterAll(async () => {
    await app.remove();
    await world.cluster.kubectl(["delete", "--wait=false", "--ignore-not-found", "-f", folder]);
  });

  it("namespace, definition and what needs them in one commit: in within 15 s, each object written once", async () => {
    const mark = await world.mark();
    app = await world.app({ files, spec: { path: "deploy", interval: "1s" } });
    const { status } = await app.synced(app.commit, 15_000);
    expect(status?.resources).toEqual({ total: kinds.length, kinds, orphanCount: 0, orphans: [] });
    const writes = await world.writes(mark);
    const ours = writes.filter(({ uri }) => uri.includes(encodeURIComponent(app.namespace)));
    expect(ours).toHaveLength(kinds.length);
    expect(ours.filter(({ verb, code }) => verb !== "patch" || code !== 201)).toEqual([]);
  });

  it("every object: equal in every declared field, and exactly those are nopea's, with its labels and annotation", async () => {
    expect(await compareWithText(world.cluster, { folder })).toEqual([]);
  });

  it("stringData: became data, beside the data that was there", async () => {
    const secret = await world.cluster.admin.get({
      apiVersion: "v1",
      kind: "Secret",
      namespace,
      name: "database",
    });
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    expect(secret.data).toEqual({
      host: base64("db"),
      username: base64("shop"),
      password: base64("not-a-real-one"),
    });
  });

  it("no commit for ten intervals: the status is not written, and nothing is asked about the objects", async () => {
    const recorder = await record<GitRepositoryObject>(
      world.cluster.admin,
      repositoryApi,
      "GitRepository",
      { namespace: app.namespace },
    );
    const before = await app.resource();
    const polls = () => world.git().requests.filter(({ command }) => command === "ls-refs").length;
    const polled = polls();
    const mark = await world.mark();
    await new Promise(resolve => setTimeout(resolve, 10_000));
    const requests = await world.requests(mark);
    const about = requests.filter(
      request =>
        request.namespace === namespace ||
        request.uri.includes("nopea-shop") ||
        request.uri.includes(app.namespace) ||
        request.uri.includes("discounts"),
    );
    expect(about).toEqual([]);
    expect(await app.resource()).toEqual(before);
    expect(recorder.events).toEqual([]);
    await recorder.stop();
    // it did ask Git all the while, and never more often than told
    expect(polls() - polled).toBeGreaterThanOrEqual(4);
    expect(polls() - polled).toBeLessThanOrEqual(12);
  });

  it("the watcher is killed and starts again: no object is written", async () => {
    const labelSelector = `nopea.io/repository=${app.name},nopea.io/repository-namespace=${app.namespace}`;
    const versions = async () => {
      const lists = kinds.map(kind => {
        const at = kind.lastIndexOf("/");
        const by = { labelSelector };
        return world.cluster.admin.list(kind.slice(0, at), kind.slice(at + 1), by);
      });
      const objects = (await Promise.all(lists)).flat();
      expect(objects).toHaveLength(kinds.length);
      // workloads' own controllers write their status
      return objects.map(({ kind, metadata }) => [kind, metadata.generation, metadata.annotations]);
    };
    const before = await versions();
    const status = (await app.resource()).status;
    const mark = await world.mark();
    await world.nopea.watcher.restart();
    await app.annotate({ "nopea.io/sync-at": "after the restart" });
    const after = await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt !== undefined);
    expect(after.status).toEqual({ ...status, lastHandledSyncAt: "after the restart" });
    expect(await versions()).toEqual(before);
    const writes = await world.writes(mark);
    const ours = writes.filter(({ uri }) => uri.includes(encodeURIComponent(app.namespace)));
    expect(ours).toEqual([]);
  });

  it("an object leaves Git: it is listed as orphaned and stays; it comes back: it is no orphan", async () => {
    const without = await app.push({ "deploy/network.yaml": null });
    const { status } = await app.synced(without);
    expect(status?.resources).toMatchObject({
      total: kinds.length - 3,
      orphanCount: 3,
      orphans: [
        `Ingress.networking.k8s.io/${namespace}/api`,
        `NetworkPolicy.networking.k8s.io/${namespace}/api`,
        `Service/${namespace}/api`,
      ],
    });
    expect(status?.resources?.kinds).toEqual(kinds);
    const service = { apiVersion: "v1", kind: "Service", namespace, name: "api" };
    expect(await world.cluster.admin.find(service)).toBeDefined();
    const back = await app.push({ "deploy/network.yaml": files["deploy/network.yaml"] ?? "" });
    const again = await app.synced(back);
    expect(again.status?.resources).toMatchObject({ total: kinds.length, orphanCount: 0 });
  });
});
