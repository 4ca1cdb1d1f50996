/** The fake and the real DriftRecords, held to the same promise. */
import { recordTools } from "../support/record-tools";
import { createDriftRecords } from "../../src/adapters/kube/drift-records";
import { installDefinitions } from "../../src/adapters/kube/install";
import { API_VERSION } from "../../src/model/annotations";
import type { RepositoryId } from "../../src/model/git-repository";
import { testCluster } from "../support/cluster";
import { createFakeDriftRecords } from "../support/fake-drift-records";
import { connect } from "../support/kube-adapter";
import { describeDriftRecords } from "./drift-records";

const server = testCluster();
const kube = connect(server.adminAccess);

describeDriftRecords("the real kube adapter", async () => {
  await installDefinitions(kube, new AbortController().signal);
  const refOf = (kind: string, { namespace, name }: Pick<RepositoryId, "namespace" | "name">) => ({
    apiVersion: API_VERSION,
    kind,
    namespace,
    name,
  });
  return {
    records: createDriftRecords(kube, recordTools),
    async createRepository(name = "my-app", namespace) {
      const within = namespace ?? (await server.createNamespace("records"));
      const { metadata } = await server.admin.create({
        apiVersion: API_VERSION,
        kind: "GitRepository",
        metadata: { name, namespace: within },
        spec: { url: "https://git.example.com/my-app.git", suspend: true },
      });
      return { namespace: within, name, uid: metadata.uid ?? "" };
    },
    deleteRepository: id => server.admin.delete(refOf("GitRepository", id)),
    deleteRecord: ({ namespace }, name) =>
      server.admin.delete(refOf("DriftRecord", { namespace, name })),
  };
});

describeDriftRecords("the fake", () => {
  const fake = createFakeDriftRecords();
  let count = 0;
  return Promise.resolve({
    records: fake.port,
    createRepository: (name = "my-app", namespace = `n${count++}`) =>
      Promise.resolve({ namespace, name, uid: `uid-${count++}` }),
    deleteRepository: () => Promise.resolve(),
    deleteRecord: (id, record) => Promise.resolve().then(() => fake.delete(id, record)),
  });
});
