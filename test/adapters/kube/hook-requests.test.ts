/** Which requests the API server brings before the hooks: rules, selectors and conditions at work. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startControlPlane } from "../../../src/local/control-plane";
import { edit, scale } from "../../support/hands";
import { startHookServer } from "../../support/hook-server";
import { createHookWorld, refs } from "../../support/hook-world";
import { eventually, uniqueSuffix, type KubeClient } from "../../support/cluster";

// hooks end in the reverse order: what uses it comes after
const controlPlane = await startControlPlane();
afterAll(() => controlPlane.stop());
const world = await createHookWorld(controlPlane);
const { admin, clientConfig } = world;
const pepr = await startHookServer(world.authority);
afterAll(() => pepr.stop());

const MANAGED = { "nopea.io/repository": "my-app" };
const STAMPED = { "nopea.io/manual-edit": "[]" };
const masters = ["system:masters"];
const larry = world.as("larry", masters);
const namespace = await world.createNamespace();

beforeAll(async () => {
  await world.createClusterRole();
  await admin.create({
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "pepr-system", name: "pepr-nopea" },
    spec: { type: "ExternalName", externalName: "localhost", ports: [{ port: pepr.port }] },
  });
  await world.deployPepr(clientConfig(pepr.port));
  const core = { apiVersion: "v1", namespaced: true };
  world.start().manage([
    { ...core, kind: "ConfigMap", plural: "configmaps" },
    { ...core, kind: "Namespace", plural: "namespaces", namespaced: false },
    { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", namespaced: true },
  ]);
  await world.when(refs.witness, () => true);
  // the API server takes a moment to see them
  await eventually(async () => {
    const probe = await create({ labels: MANAGED });
    await touch(larry, probe);
    await larry.delete(probe);
    const wasAsked = (what: string) => pepr.asked.some(line => line.startsWith(what));
    return wasAsked("mutate UPDATE") && wasAsked("validate DELETE");
  }, 20_000);
});
beforeEach(() => (pepr.asked as string[]).splice(0));

function ref(name: string, of = namespace) {
  return { apiVersion: "v1", kind: "ConfigMap", namespace: of, name };
}

async function create(metadata: object, of = namespace) {
  const at = ref(`a-${uniqueSuffix()}`, of);
  const { apiVersion, kind, ...named } = at;
  await admin.create({ apiVersion, kind, metadata: { ...named, ...metadata } });
  (pepr.asked as string[]).splice(0);
  return at;
}

/** Any change. */
function touch(kube: KubeClient, at: ReturnType<typeof ref>) {
  return edit(kube, at, { manager: "kubectl-edit", body: { data: { at: uniqueSuffix() } } });
}

/** What the hooks were asked about, names left out. */
function asked() {
  return pepr.asked.map(line =>
    line
      .split(" ")
      .filter((_, at) => at !== 3)
      .join(" "),
  );
}

function createDeployment() {
  const labels = { app: "api" };
  const metadata = { namespace, name: `api-${uniqueSuffix()}`, labels: MANAGED };
  const containers = [{ name: "api", image: "api:1" }];
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template };
  return admin.create({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec });
}

function deploymentRef({ metadata: { name } }: { metadata: { name: string } }) {
  return { apiVersion: "apps/v1", kind: "Deployment", namespace, name };
}

/** A client that speaks as somebody else. */
function impersonating(user: string, headers: Readonly<Record<string, string>> = {}): KubeClient {
  const all = { "Impersonate-User": user, "Impersonate-Group": "system:masters", ...headers };
  return { ...admin, call: request => admin.call({ ...request, headers: all }) };
}

describe("a person", () => {
  test("updates a labelled object: evidence is asked", async () => {
    await touch(larry, await create({ labels: MANAGED }));
    expect(asked()).toEqual(["mutate UPDATE configmaps larry"]);
  });

  test("creates a labelled object: evidence is asked", async () => {
    const metadata = { namespace, name: `b-${uniqueSuffix()}`, labels: MANAGED };
    await larry.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
    expect(asked()).toEqual(["mutate CREATE configmaps larry"]);
  });

  test("removes the label: evidence is asked", async () => {
    const body = { metadata: { labels: { "nopea.io/repository": null } } };
    await edit(larry, await create({ labels: MANAGED }), { manager: "kubectl-label", body });
    expect(asked()).toEqual(["mutate UPDATE configmaps larry"]);
  });

  test("updates and deletes an object without the label: nobody is asked", async () => {
    const at = await create({});
    await touch(larry, at);
    await larry.delete(at);
    expect(asked()).toEqual([]);
  });

  test("deletes a labelled object: the witness is asked", async () => {
    await larry.delete(await create({ labels: MANAGED }));
    expect(asked()).toEqual(["validate DELETE configmaps larry"]);
  });

  test("scales: the witness is asked, once", async () => {
    const deployment = await createDeployment();
    (pepr.asked as string[]).splice(0);
    await scale(larry, deploymentRef(deployment), 3, "kubectl");
    expect(asked()).toEqual(["validate UPDATE deployments/scale larry"]);
  });

  test("updates a status: nobody is asked", async () => {
    const deployment = await createDeployment();
    (pepr.asked as string[]).splice(0);
    const body = { status: { observedGeneration: 7 } };
    const at = deploymentRef(deployment);
    await edit(larry, at, { manager: "kubectl", body, subresource: "status" });
    expect(asked()).toEqual([]);
  });

  test("edits in kube-system and pepr-system: nobody is asked", async () => {
    await touch(larry, await create({ labels: MANAGED }, "pepr-system"));
    await touch(larry, await create({ labels: MANAGED }, "kube-system"));
    expect(asked()).toEqual([]);
  });

  test("labels Namespaces: evidence is asked, but not about kube-system", async () => {
    const label = (name: string) =>
      edit(
        larry,
        { apiVersion: "v1", kind: "Namespace", name },
        {
          manager: "kubectl-label",
          body: { metadata: { labels: { ...MANAGED, at: uniqueSuffix() } } },
        },
      );
    await label("kube-system");
    await label(namespace);
    expect(asked()).toEqual(["mutate UPDATE namespaces larry"]);
  });
});

describe("nopea", () => {
  const writers = {
    "its service account": impersonating("system:serviceaccount:pepr-system:pepr-nopea"),
    "an account that it borrows": impersonating("system:serviceaccount:shop:deployer", {
      "Impersonate-Extra-nopea.io%2Fwriter": "nopea",
    }),
  };

  test.each(Object.entries(writers))("%s: asked only where a stamp has to go", async (_, nopea) => {
    await touch(nopea, await create({ labels: MANAGED }));
    await touch(nopea, await create({ labels: MANAGED, annotations: { other: "one" } }));
    expect(asked()).toEqual([]);
    await touch(nopea, await create({ labels: MANAGED, annotations: STAMPED }));
    expect(asked()).toEqual([expect.stringMatching(/^mutate UPDATE configmaps system:/)]);
  });

  test.each(Object.entries(writers))(
    "%s creates, deletes, scales: nobody is asked",
    async (_, nopea) => {
      const metadata = { namespace, name: `c-${uniqueSuffix()}`, labels: MANAGED };
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const body = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { ...metadata, annotations: STAMPED },
      };
      await nopea.call({ method: "POST", path, body });
      await nopea.call({ method: "DELETE", path: `${path}/${metadata.name}` });
      const deployment = await createDeployment();
      (pepr.asked as string[]).splice(0);
      await scale(nopea, deploymentRef(deployment), 3, "nopea");
      expect(asked()).toEqual([]);
    },
  );

  test("somebody of whom nothing extra is known: asked like everybody", async () => {
    await touch(impersonating("larry"), await create({ labels: MANAGED }));
    expect(asked()).toEqual(["mutate UPDATE configmaps larry"]);
  });

  test("an account of another with other extras: asked like everybody", async () => {
    const other = impersonating("system:serviceaccount:shop:deployer", {
      "Impersonate-Extra-Reason": "INC-4711",
    });
    await touch(other, await create({ labels: MANAGED }));
    expect(asked()).toEqual(["mutate UPDATE configmaps system:serviceaccount:shop:deployer"]);
  });
});

describe("what keeps the cluster running", () => {
  test.each([
    "system:node:worker-1",
    "system:kube-scheduler",
    "system:apiserver",
    "system:serviceaccount:kube-system:generic-garbage-collector",
  ])("%s: nobody is asked", async user => {
    const at = await create({ labels: MANAGED, annotations: STAMPED });
    await touch(impersonating(user), at);
    const path = `/api/v1/namespaces/${namespace}/configmaps/${at.name}`;
    await impersonating(user).call({ method: "DELETE", path });
    expect(asked()).toEqual([]);
  });
});
