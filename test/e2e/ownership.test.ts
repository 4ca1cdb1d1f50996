/** Whose an object is: of the first repository, of nobody, or free again. */
import { describe, expect, it } from "vitest";
import { conditionOf, configMap, readyMessage, useWorld, type App } from "../support/world";

const world = useWorld();

async function patches({ namespace, name }: App, mark: number): Promise<string[]> {
  const manager = `fieldManager=${encodeURIComponent(`nopea:${namespace}/${name}`)}`;
  const writes = await world.writes(mark);
  return writes.filter(({ uri }) => uri.includes(manager)).map(write => write.name);
}

describe.concurrent("one object, two repositories", () => {
  it("both declare it: the first keeps it, the second names the owner, writes nothing to it, and takes over when the owner is gone", async () => {
    const first = await world.app({
      name: "first",
      files: { "a.yaml": configMap("shared", "of the first") },
    });
    await first.synced();
    const mark = await world.mark();
    const second = await world.app({
      name: "second",
      namespace: first.namespace,
      files: { "a.yaml": configMap("shared", "of the second"), "b.yaml": configMap("own", "1") },
      spec: { interval: "1s" },
    });
    const message = await second.failed(/shared/);
    expect(message).toMatch(/a\.yaml:1: ConfigMap\/.*\/shared: GitRepository .*\/first manages/);
    expect(conditionOf((await second.resource()).status, "Ready")?.reason).toBe(
      "OwnedByAnotherRepository",
    );
    expect(await second.data("own")).toEqual({ value: "1" });
    await new Promise(resolve => setTimeout(resolve, 6_000));
    expect(await patches(second, mark)).toEqual(["own"]);
    expect(await first.data("shared")).toEqual({ value: "of the first" });
    expect((await first.resource()).status?.phase).toBe("Synced");

    await first.remove();
    await second.synced(second.commit, 15_000);
    expect(await second.data("shared")).toEqual({ value: "of the second" });
    const { metadata } = await second.object("v1", "ConfigMap", "shared");
    expect(metadata.labels).toMatchObject({ "nopea.io/repository": "second" });
  });

  it("repositories of two namespaces and one cluster-scoped object: the owner is named with its namespace", async () => {
    const role = (verb: string) =>
      `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: nopea-e2e-shared}
rules: [{apiGroups: [""], resources: [pods], verbs: [${verb}]}]
`;
    const first = await world.app({ files: { "role.yaml": role("get") } });
    await first.synced();
    const second = await world.app({ files: { "role.yaml": role("list") } });
    const message = await second.failed(/nopea-e2e-shared/);
    expect(message).toContain(`GitRepository ${first.namespace}/${first.name} manages`);
    const ref = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" };
    const live = await world.cluster.admin.get({ ...ref, name: "nopea-e2e-shared" });
    expect(live).toMatchObject({ rules: [{ verbs: ["get"] }] });
    await Promise.all([first.remove(), second.remove()]);
    await world.cluster.admin.delete({ ...ref, name: "nopea-e2e-shared" });
  });

  it("the second gives the object up: it becomes Synced, and the first's is untouched", async () => {
    const first = await world.app({ files: { "a.yaml": configMap("shared", "1") } });
    const { namespace } = first;
    await first.synced();
    const files = { "a.yaml": configMap("shared", "2"), "b.yaml": configMap("b", "1") };
    const second = await world.app({ name: "second", namespace, files });
    await second.failed(/shared/);
    const without = await second.push({ "a.yaml": null });
    const { status } = await second.synced(without);
    expect(status?.resources).toMatchObject({ total: 1, orphanCount: 0 });
    expect(await first.data("shared")).toEqual({ value: "1" });
  });
});

describe.concurrent("an object that nobody's repository manages", () => {
  it("made by kubectl create: adopted once, shown in Ready, and the fields of others stay", async () => {
    const namespace = await world.cluster.createNamespace("adopt");
    const { admin } = world.cluster;
    const kubectl = (...args: readonly string[]) =>
      world.cluster.kubectl([...args, "-n", namespace]);
    const values = ["--from-literal=value=old", "--from-literal=extra=kept"];
    const results = [
      await kubectl("create", "configmap", "settings", ...values),
      await kubectl("label", "configmap", "settings", "team=red"),
    ];
    expect(results).toMatchObject([{ code: 0 }, { code: 0 }]);
    const ref = { apiVersion: "v1", kind: "ConfigMap", name: "settings", namespace };
    const { uid } = (await admin.get(ref)).metadata;
    const app = await world.app({
      namespace,
      files: { "a.yaml": configMap("settings", "new"), "b.yaml": configMap("b", "1") },
    });
    const { status } = await app.synced();
    expect(readyMessage(status)).toMatch(
      new RegExp(`Adopted ConfigMap/${namespace}/settings, which no repository managed`),
    );
    expect(await app.data("settings")).toEqual({ value: "new", extra: "kept" });
    const { metadata } = await admin.get(ref);
    expect(metadata.uid).toBe(uid);
    expect(metadata.labels).toMatchObject({ team: "red", "nopea.io/repository": "app" });
    const managers = metadata.managedFields?.map(({ manager }) => manager);
    expect(managers).toContain("kubectl-create");
    const second = await app.push({ "b.yaml": configMap("b", "2") });
    expect(readyMessage((await app.synced(second)).status)).not.toContain("Adopted");
    expect((await admin.get(ref)).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });
});
