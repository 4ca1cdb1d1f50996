/** The local control plane: real users, real RBAC, real controllers, and nothing left when it stops. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { createKubeClient } from "../../src/local/kube-client";
import { startControlPlane } from "../../src/local/control-plane";
import { auditMark, requestsSince } from "../support/audit";
import { eventually, KubeError, testCluster, type KubeObject } from "../support/cluster";
import { record } from "../support/recorder";

const cluster = testCluster();

function configMap(namespace: string, name: string, data: Record<string, string>) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name }, data };
}

test("a person without rights: refused, and told who they are", async () => {
  const namespace = await cluster.createNamespace();
  const larry = cluster.as("larry", ["sre"]);
  const refused = larry.apply(configMap(namespace, "a", {}));
  await expect(refused).rejects.toThrow(/User "larry" cannot patch resource "configmaps"/);
});

test("a group with a role: its members may do what it says", async () => {
  const namespace = await cluster.createNamespace();
  await cluster.admin.apply({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { namespace, name: "sre" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "sre" }],
  });
  const larry = cluster.as("larry", ["sre"]);
  const made = await eventually(() => larry.apply(configMap(namespace, "a", { k: "v" })), 20_000);
  expect(made.metadata.uid).toBeDefined();
  const seen = await cluster.kubectl(["get", "configmap", "a", "-n", namespace, "-o", "name"], {
    access: cluster.accessFor("larry", ["sre"]),
  });
  expect(seen).toMatchObject({ code: 0, stdout: "configmap/a\n" });
});

test("a service account's token: the account is who the API server sees", async () => {
  const namespace = await cluster.createNamespace();
  const token = await eventually(() => cluster.tokenFor(namespace, "default"), 10_000);
  const { url, ca } = cluster.adminAccess;
  const kube = createKubeClient({ url, ca, token });
  const refused = kube.list("v1", "Secret", { namespace });
  await expect(refused).rejects.toThrow(`system:serviceaccount:${namespace}:default`);
  await kube.close();
});

test("a deleted namespace: emptied and gone, since controllers run", async () => {
  const namespace = await cluster.createNamespace();
  await cluster.admin.apply(configMap(namespace, "a", {}));
  const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
  await cluster.admin.delete(ref);
  await eventually(async () => (await cluster.admin.find(ref)) === undefined, 20_000);
});

test("requests: counted by user from the audit log", async () => {
  const namespace = await cluster.createNamespace();
  const mark = await auditMark(cluster.auditLog);
  const counted = cluster.as("counted", ["system:masters"]);
  await counted.apply(configMap(namespace, "a", {}));
  const requests = await requestsSince(cluster.auditLog, mark, { user: "counted" });
  const writes = requests.filter(request => request.verb === "patch");
  expect(writes).toMatchObject([{ resource: "configmaps", namespace, name: "a", code: 201 }]);
});

test("a watch: what happens is recorded in order", async () => {
  const namespace = await cluster.createNamespace();
  const recorder = await record<KubeObject>(cluster.admin, "v1", "ConfigMap", { namespace });
  await cluster.admin.apply(configMap(namespace, "a", { k: "1" }));
  await cluster.admin.apply(configMap(namespace, "a", { k: "2" }));
  await cluster.admin.delete({ apiVersion: "v1", kind: "ConfigMap", namespace, name: "a" });
  await recorder.until(event => event.type === "DELETED");
  const mine = recorder.events.filter(event => event.object.metadata.name === "a");
  expect(mine.map(event => event.type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
  await recorder.stop();
});

test("an absent object: find is undefined, get is a 404", async () => {
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "absent" };
  expect(await cluster.admin.find(ref)).toBeUndefined();
  const failure: unknown = await cluster.admin.get(ref).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KubeError);
  expect(failure).toMatchObject({ status: 404, reason: "NotFound" });
});

test("a second one beside the first: ports of its own, and stopping leaves nothing", async () => {
  const second = await startControlPlane();
  expect(second.url).not.toBe(cluster.adminAccess.url);
  const kube = createKubeClient(second.admin);
  expect(await kube.find({ apiVersion: "v1", kind: "Namespace", name: "default" })).toBeDefined();
  await kube.close();
  await second.stop();
  expect(second.children.filter(child => child.running())).toEqual([]);
  expect(existsSync(second.dir)).toBe(false);
});

test("flags that the API server refuses: an error with the end of its log", async () => {
  const failing = startControlPlane({ apiServerFlags: ["--no-such-flag"] });
  await expect(failing).rejects.toThrow(/kube-apiserver ended with exit code 1.*no-such-flag/s);
});
