/** What Git drops goes, on the real API server (spec 122), also where a server-side apply leaves it. */
import { beforeAll, describe, expect, test } from "vitest";
import { leftovers, removal } from "../../../src/core/drift/leftovers";
import { formatPath } from "../../../src/model/field-path";
import type { JsonObject } from "../../../src/model/json";
import type { Manifest } from "../../../src/model/manifest";
import { testCluster, uniqueSuffix, type KubeObject } from "../../support/cluster";
import { READER } from "../../support/drift-case";
import { editedObject, heal, unordered, type EditedObject } from "../../support/edited-object";
import { connect } from "../../support/kube-adapter";

const server = testCluster();
const kube = connect(server.adminAccess);
let namespace: string;
beforeAll(async () => {
  namespace = await server.createNamespace("leftovers");
});

const LABELS = { app: "api" };
const PROBE = { livenessProbe: { httpGet: { path: "/live", port: 8080 } } };
const LEVEL = { name: "LEVEL", value: "info" };
const SIDECAR = { name: "sidecar", image: "registry.local/sidecar:2.0" };

interface Parts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly api?: JsonObject;
  readonly spec?: JsonObject;
  readonly others?: readonly JsonObject[];
}

function deployment(name: string, { annotations, api, spec, others = [] }: Parts): Manifest {
  const container = { name: "api", image: "registry.local/api:1.4", ...api };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: { containers: [container, ...others] } },
      ...spec,
    },
  };
}

/** Two versions of one Deployment in Git: with these parts, and without. */
function twoVersions(before: Parts, after: Parts) {
  const name = `api-${uniqueSuffix()}`;
  const [first, second] = [deployment(name, before), deployment(name, after)];
  return { first, second, object: editedObject(kube, "deployments", first) };
}

/** Applies the second version as the worker does: what hands hold goes before, and what they turn out to hold after it. */
async function drop(object: EditedObject, base: Manifest, desired: Manifest) {
  // a write that comes too late is tried again, with the same fields
  const paths = new Set<string>();
  const replace = (answer: JsonObject) => {
    const gone = leftovers({ base, desired, answer }, READER);
    gone.map(formatPath).forEach(path => paths.add(path));
    return removal(answer, gone);
  };
  await object.apply(desired, replace);
  const { sighting } = await object.apply(desired, replace);
  return { paths: [...paths], live: sighting.object };
}

/** The object as if the first version had never been. */
async function asFresh(desired: Manifest): Promise<unknown> {
  const name = `fresh-${uniqueSuffix()}`;
  const fresh = { ...desired, metadata: { ...desired.metadata, name } };
  const { sighting } = await editedObject(kube, "deployments", fresh).apply(fresh);
  return unordered(sighting.object.spec);
}

const ALL: Parts = {
  annotations: { note: "mine" },
  api: { ...PROBE, env: [LEVEL], args: ["--port", "8080"] },
  spec: { minReadySeconds: 5 },
  others: [SIDECAR],
};
const API = "spec.template.spec.containers[name=api]";
const SIDECARS = "spec.template.spec.containers[name=sidecar]";

describe("dropped from Git", () => {
  test("nobody touched it: the apply is enough", async () => {
    const { first, second, object } = twoVersions(ALL, {});
    await object.apply(first);
    const { paths, live } = await drop(object, first, second);
    expect(paths).toEqual([]);
    expect(unordered(live.spec)).toEqual(await asFresh(second));
  });

  test("edited by hand: gone", async () => {
    const { first, second, object } = twoVersions(ALL, {});
    await object.apply(first);
    await object.edit("kubectl-edit", {
      metadata: { annotations: { note: "theirs" } },
      spec: { minReadySeconds: 7 },
    });
    await object.edit("kubectl-edit", [
      { op: "replace", path: "/spec/template/spec/containers/0/env/0/value", value: "debug" },
      { op: "replace", path: "/spec/template/spec/containers/0/args/0", value: "-p" },
      {
        op: "replace",
        path: "/spec/template/spec/containers/0/livenessProbe/httpGet/path",
        value: "/",
      },
      {
        op: "replace",
        path: "/spec/template/spec/containers/1/image",
        value: "registry.local/s:3",
      },
    ]);
    const { paths, live } = await drop(object, first, second);
    expect(paths).toContain("spec.minReadySeconds");
    expect(unordered(live.spec)).toEqual(await asFresh(second));
    expect((live.metadata as Manifest["metadata"]).annotations).not.toHaveProperty("note");
  });

  test("adopted from kubectl create: gone", async () => {
    const { first, second, object } = twoVersions(ALL, {});
    await server.kubectl(["create", "-f", "-"], { input: JSON.stringify(first) });
    await object.apply(first);
    const { paths, live } = await drop(object, first, second);
    expect(paths).toEqual([
      "metadata.annotations.note",
      "spec.minReadySeconds",
      `${API}.args`,
      `${API}.env`,
      `${API}.livenessProbe`,
      SIDECARS,
    ]);
    expect(unordered(live.spec)).toEqual(await asFresh(second));
  });

  test("managedFields had been wiped: gone", async () => {
    const { first, second, object } = twoVersions(ALL, {});
    await object.apply(first);
    await object.edit("kubectl-edit", { metadata: { managedFields: [{}] } });
    const { paths, live } = await drop(object, first, second);
    expect(paths).toContain(SIDECARS);
    expect(unordered(live.spec)).toEqual(await asFresh(second));
  });

  test("healed with a patch before: gone, though the patch was an update under our name", async () => {
    const { first, second, object } = twoVersions(ALL, {});
    const { sighting } = await object.apply(first);
    const snapshot = object.snapshot(sighting.object);
    await object.edit("kubectl-edit", [
      { op: "replace", path: "/spec/template/spec/containers/1/name", value: "other" },
      { op: "replace", path: "/spec/template/spec/containers/0/env/0/name", value: "LOUD" },
    ]);
    await heal(object, { snapshot });
    const { paths, live } = await drop(object, first, second);
    expect(paths).toContain(SIDECARS);
    expect(unordered(live.spec)).toEqual(await asFresh(second));
  });
});

describe("dropped from Git, and stays", () => {
  test("replicas that an autoscaler wrote", async () => {
    const { first, second, object } = twoVersions({ spec: { replicas: 0 } }, {});
    await object.apply(first);
    const { apiVersion, kind } = first;
    const ref = { apiVersion, kind, namespace, name: first.metadata.name };
    await server.admin.patch<KubeObject>(ref, { spec: { replicas: 3 } }, "scale");
    const { paths, live } = await drop(object, first, second);
    expect(paths).toEqual([]);
    expect(live.spec).toMatchObject({ replicas: 3 });
  });

  test("what another applier wants, beside what only a hand holds", async () => {
    const { first, second, object } = twoVersions(
      { api: { env: [LEVEL, { name: "ZONE", value: "a" }] } },
      {},
    );
    await object.apply(first);
    const { apiVersion, kind, metadata } = first;
    const containers = [{ name: "api", env: [{ name: "ZONE", value: "b" }] }];
    const spec = { template: { spec: { containers } } };
    await server.admin.apply(
      { apiVersion, kind, metadata: { ...metadata }, spec },
      { manager: "argo", force: true },
    );
    await object.edit("kubectl-edit", [
      {
        op: "add",
        path: "/spec/template/spec/containers/0/env/-",
        value: { name: "MORE", value: "x" },
      },
      { op: "replace", path: "/spec/template/spec/containers/0/env/0/value", value: "debug" },
    ]);
    const { paths, live } = await drop(object, first, second);
    expect(paths).toEqual([`${API}.env[name=LEVEL]`]);
    expect(live).toMatchObject({
      spec: {
        template: {
          spec: { containers: [{ env: [{ name: "ZONE", value: "b" }, { name: "MORE" }] }] },
        },
      },
    });
  });

  test("others' keys of a map that Git drops", async () => {
    const withNotes = (annotations: JsonObject): Parts => {
      const containers = [{ name: "api", image: "x" }];
      return {
        spec: { template: { metadata: { labels: LABELS, annotations }, spec: { containers } } },
      };
    };
    const { first, second, object } = twoVersions(withNotes({ mine: "a" }), {});
    const mixed = deployment(first.metadata.name, withNotes({ mine: "a", theirs: "b" }));
    await server.kubectl(["create", "-f", "-"], { input: JSON.stringify(mixed) });
    await object.apply(first);
    const { paths, live } = await drop(object, first, second);
    expect(paths).toEqual(["spec.template.metadata.annotations.mine"]);
    const { template } = live.spec as { template: Manifest };
    expect(template.metadata.annotations).toEqual({ theirs: "b" });
  });
});
