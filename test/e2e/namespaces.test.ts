/** Which namespace an object goes to, and what happens when it is not there. */
import { describe, expect, it } from "vitest";
import { uniqueSuffix } from "../support/cluster";
import { conditionOf, configMap, useWorld } from "../support/world";

const world = useWorld();

async function find(namespace: string, name: string) {
  return world.cluster.admin.find({ apiVersion: "v1", kind: "ConfigMap", namespace, name });
}

function clusterRole(name: string): string {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return JSON.stringify({ apiVersion, kind: "ClusterRole", metadata: { name }, rules: [] });
}

async function deleteClusterRole(name: string): Promise<void> {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  await world.cluster.admin.delete({ apiVersion, kind: "ClusterRole", name });
}

describe.concurrent("the namespace of an object", () => {
  it("no targetNamespace: an object's own, else the GitRepository's; cluster-scoped ones have none", async () => {
    const other = await world.cluster.createNamespace("other");
    const role = `nopea-${uniqueSuffix()}`;
    const app = await world.app({
      files: {
        "own.yaml": configMap("own", "1", other),
        "none.yaml": configMap("none", "1"),
        "empty.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: empty, namespace: }}",
        "role.yaml": clusterRole(role),
      },
    });
    await app.synced();
    expect(await find(other, "own")).toBeDefined();
    expect(await find(app.namespace, "own")).toBeUndefined();
    expect(await find(app.namespace, "none")).toBeDefined();
    expect(await find(app.namespace, "empty")).toBeDefined();
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const live = await world.cluster.admin.get({ apiVersion, kind: "ClusterRole", name: role });
    expect(live.metadata.namespace).toBeUndefined();
    await deleteClusterRole(role);
  });

  it("targetNamespace: wins for every namespaced object, and leaves cluster-scoped ones unchanged", async () => {
    const [target, other] = await Promise.all([
      world.cluster.createNamespace("target"),
      world.cluster.createNamespace("other"),
    ]);
    const role = `nopea-${uniqueSuffix()}`;
    const app = await world.app({
      files: {
        "own.yaml": configMap("own", "1", other),
        "none.yaml": configMap("none", "1"),
        "role.yaml": clusterRole(role),
      },
      spec: { targetNamespace: target },
    });
    const { status } = await app.synced();
    expect(status?.resources?.total).toBe(3);
    const places = await Promise.all(
      [target, other, app.namespace].map(async namespace => [
        (await find(namespace, "own")) !== undefined,
        (await find(namespace, "none")) !== undefined,
      ]),
    );
    expect(places).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
    const labels = (await find(target, "own"))?.metadata.labels;
    expect(labels).toMatchObject({ "nopea.io/repository-namespace": app.namespace });
    await deleteClusterRole(role);
  });

  it("a namespace that does not exist: named, nothing written to it, in within R + S of kubectl create ns", async () => {
    const missing = `missing-${uniqueSuffix()}`;
    const mark = await world.mark();
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1", missing), "b.yaml": configMap("b", "1") },
    });
    const message = await app.failed(new RegExp(`namespace ${missing} does not exist`));
    expect(message).toMatch(/^a\.yaml:1: ConfigMap\/missing-.*\/a: .*create the namespace/);
    const { status } = await app.resource();
    expect(conditionOf(status, "Ready")?.reason).toBe("NamespaceNotFound");
    expect(await app.data("b")).toEqual({ value: "1" });
    await new Promise(resolve => setTimeout(resolve, 12_000));
    const writes = (await world.writes(mark)).filter(({ namespace }) => namespace === missing);
    expect(writes).toEqual([]);
    const made = await world.cluster.kubectl(["create", "ns", missing]);
    expect(made).toMatchObject({ code: 0 });
    await app.synced(app.commit, 15_000);
    expect(await find(missing, "a")).toBeDefined();
    await world.cluster.kubectl(["delete", "ns", missing, "--wait=false"]);
  });

  it("targetNamespace is edited: the objects are in the new one, those in the old one are orphans", async () => {
    const target = await world.cluster.createNamespace("target");
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const { metadata } = await app.edit({ targetNamespace: target });
    const { status } = await app.until(
      ({ phase, observedGeneration }) =>
        phase === "Synced" && observedGeneration === metadata.generation,
      10_000,
    );
    expect(await find(target, "a")).toBeDefined();
    expect(await find(app.namespace, "a")).toBeDefined();
    expect(status?.resources?.orphans).toEqual([`ConfigMap/${app.namespace}/a`]);
  });
});
