/** The fake and the real Secrets, held to the same promise. */
import { afterAll } from "vitest";
import { clock } from "../../src/adapters/clock";
import { createSecrets } from "../../src/adapters/kube/secrets";
import { parseGitCredentials } from "../../src/core/repository/git-credentials";
import type { SecretName } from "../../src/model/git-secret";
import { testCluster } from "../support/cluster";
import { createFakeSecrets } from "../support/fake-secrets";
import { connectStream } from "../support/kube-adapter";
import { describeSecrets } from "./secrets";

const server = testCluster();
const connection = connectStream(server.adminAccess);
const life = new AbortController();
afterAll(() => life.abort());
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describeSecrets("the real kube adapter", () => {
  const changed: SecretName[] = [];
  const secrets = createSecrets({
    ...connection,
    parse: parseGitCredentials,
    changed: secret => changed.push(secret),
    clock,
    log,
    life: life.signal,
  });
  return {
    secrets,
    changed,
    createNamespace: () => server.createNamespace("secrets"),
    async set({ namespace, name }, stringData) {
      const ref = { apiVersion: "v1", kind: "Secret", namespace, name };
      if (stringData === undefined) return server.admin.delete(ref);
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name } };
      await server.admin.apply({ ...secret, stringData }, { manager: "test" });
    },
  };
});

describeSecrets("the fake", () => {
  const fake = createFakeSecrets();
  const changed: SecretName[] = [];
  let count = 0;
  fake.watch(secret => changed.push(secret));
  return {
    secrets: fake.port,
    changed,
    createNamespace: () => Promise.resolve(`n${count++}`),
    set: (secret, texts) => Promise.resolve().then(() => fake.set(secret, texts)),
  };
});
