/** The fake and the real Cluster, held to the same promise. */
import { afterAll } from "vitest";
import { installDefinitions } from "../../src/adapters/kube/install";
import { startControlPlane } from "../../src/local/control-plane";
import { API_VERSION } from "../../src/model/annotations";
import type { RepositoryId } from "../../src/model/git-repository";
import { groupOf } from "../../src/model/manifest";
import { formatKey } from "../../src/model/object-key";
import { eventually, testCluster } from "../support/cluster";
import { createFakeCluster } from "../support/fake-cluster";
import { namespace } from "../support/fake-world";
import { connect, connectCluster } from "../support/kube-adapter";
import { describeCluster } from "./cluster";
import type { Ref } from "./cluster-world";

// one of its own: on that of the test run, a nopea that runs there writes the status of every GitRepository
const controlPlane = await startControlPlane();
// hooks end in the reverse order: what uses it comes after
afterAll(() => controlPlane.stop());
const server = testCluster(controlPlane);
const kube = connect(server.adminAccess);
const SPEC = { url: "https://git.example.com/my-app.git" };

describeCluster("the real kube adapter", async () => {
  await installDefinitions(kube, new AbortController().signal);
  const { admin } = server;
  const refOf = ({ namespace, name }: RepositoryId) => ({
    apiVersion: API_VERSION,
    kind: "GitRepository",
    namespace,
    name,
  });
  return {
    cluster: connectCluster(server.adminAccess),
    createNamespace: () => server.createNamespace("cluster"),
    async apply(manifest, manager) {
      await admin.apply(manifest, { manager, force: false });
    },
    read: ref => admin.find(ref),
    delete: ref => admin.delete(ref),
    async terminate(ref) {
      const finalizers = { metadata: { finalizers: ["example.com/hold"] } };
      if (ref.kind !== "Namespace") await admin.patch(ref, finalizers);
      await admin.delete(ref);
      await eventually(async () => (await admin.find(ref))?.metadata.deletionTimestamp, 10_000);
    },
    async createRepository(namespace, name) {
      const repository = {
        apiVersion: API_VERSION,
        kind: "GitRepository",
        metadata: { name, namespace },
      };
      const { metadata } = await admin.create({ ...repository, spec: SPEC });
      return { namespace, name, uid: metadata.uid ?? "" };
    },
    deleteRepository: id => admin.delete(refOf(id)),
    statusOf: async id => {
      const found = await admin.get(refOf(id));
      return found.status ?? {};
    },
    close: () => Promise.resolve(),
  };
});

describeCluster("the fake", () => {
  const fake = createFakeCluster();
  let count = 0;
  const nameOf = ({ apiVersion, kind, namespace = "", name }: Ref) =>
    formatKey({ group: groupOf(apiVersion), kind, namespace, name });
  return Promise.resolve({
    cluster: fake.port,
    createNamespace: () => {
      const name = `n${count++}`;
      namespace(fake, name);
      return Promise.resolve(name);
    },
    apply: (manifest, manager) => Promise.resolve().then(() => fake.apply(manifest, manager)),
    read: ref => Promise.resolve(fake.read(nameOf(ref))),
    delete: ref => Promise.resolve().then(() => fake.delete(nameOf(ref))),
    terminate: ref => Promise.resolve().then(() => fake.terminate(nameOf(ref))),
    createRepository: (namespace, name) =>
      Promise.resolve(fake.repositories.create(namespace, name, SPEC)),
    deleteRepository: id => Promise.resolve().then(() => fake.repositories.delete(id)),
    statusOf: id => Promise.resolve(fake.repositories.statusOf(id)),
    close: () => Promise.resolve(),
  });
});
