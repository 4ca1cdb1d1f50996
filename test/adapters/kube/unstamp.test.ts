/** Evidence that goes after a heal, on the real API server, whatever others write in the same moment. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { unstamp } from "../../../src/adapters/kube/unstamp";
import { readSighting } from "../../../src/adapters/kube/live";
import type { JsonObject } from "../../../src/model/json";
import type { Sighting } from "../../../src/model/live";
import type { Desired } from "../../../src/model/manifest";
import { testCluster, uniqueSuffix } from "../../support/cluster";
import { createFakeKube } from "../../support/fake-kube";
import { connect } from "../../support/kube-adapter";

const server = testCluster();
const kube = connect(server.adminAccess);
const { signal } = new AbortController();
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const STAMP = { "nopea.io/manual-edit": '[{"by":"larry"}]', "nopea.io/seal": "s1" };

let namespace: string;
let ref: { apiVersion: string; kind: string; namespace: string; name: string };
let sighting: Sighting;
beforeAll(async () => void (namespace = await server.createNamespace("unstamp")));
beforeEach(async () => {
  ref = { apiVersion: "v1", kind: "ConfigMap", namespace, name: `c-${uniqueSuffix()}` };
  sighting = await create();
});

async function create(): Promise<Sighting> {
  const { apiVersion, kind, name } = ref;
  const annotations = { ...STAMP, other: "kept" };
  const object = { apiVersion, kind, metadata: { namespace, name, annotations } };
  const made = readSighting(
    CONFIG_MAP,
    (await server.admin.create(object)) as unknown as JsonObject,
  );
  if (made === undefined) throw new Error("no object");
  return made;
}

async function takeOff(through = kube) {
  const { apiVersion, kind, name } = ref;
  const manifest = { apiVersion, kind, metadata: { namespace, name } };
  const key = { group: "", kind, name, namespace };
  const source = { file: "a.yaml", line: 1 };
  const desired: Desired = { key, kind: CONFIG_MAP, manifest, digest: "d1", source };
  return await unstamp(through, { desired, sighting, fieldManager: "nopea:x/app" }, signal);
}

const annotate = (annotations: Readonly<Record<string, string>>) =>
  server.admin.patch(ref, { metadata: { annotations } });
const annotations = async () => (await server.admin.get(ref)).metadata.annotations;

describe("taken off", () => {
  test("all of it, and nothing else", async () => {
    const { isOff, sighting: now } = await takeOff();
    expect(isOff).toBe(true);
    expect(now.live).toMatchObject({ annotations: { other: "kept" } });
    expect(await annotations()).toEqual({ other: "kept" });
  });

  test("also where a controller has written the object meanwhile: what it wrote, the watch tells", async () => {
    await annotate({ "deployment.kubernetes.io/revision": "2" });
    expect(await takeOff()).toEqual({ isOff: true, sighting });
    expect(await annotations()).toEqual({
      other: "kept",
      "deployment.kubernetes.io/revision": "2",
    });
  });
});

describe("stays", () => {
  test("with an edit that came meanwhile", async () => {
    const newer = {
      "nopea.io/manual-edit": '[{"by":"larry"},{"by":"ann"}]',
      "nopea.io/seal": "s2",
    };
    await annotate(newer);
    expect(await takeOff()).toEqual({ isOff: false, sighting });
    expect(await annotations()).toEqual({ ...newer, other: "kept" });
  });

  test("where somebody has suspended the object meanwhile: the seal is of both", async () => {
    await annotate({ "nopea.io/suspend-heal": "true", "nopea.io/seal": "s2" });
    expect(await takeOff()).toEqual({ isOff: false, sighting });
    expect(await annotations()).toMatchObject({ ...STAMP, "nopea.io/seal": "s2" });
  });

  test("where somebody has suspended it while the hook was away", async () => {
    await annotate({ "nopea.io/suspend-heal": "true" });
    expect(await takeOff()).toEqual({ isOff: false, sighting });
    expect(await annotations()).toMatchObject(STAMP);
  });

  test("on another object of the same name", async () => {
    await server.admin.delete(ref);
    await create();
    expect(await takeOff()).toEqual({ isOff: false, sighting });
    expect(await annotations()).toMatchObject(STAMP);
  });
});

describe("what the API server does not grant", () => {
  const refusing = async (status: number) => {
    const { kube: fake, requests } = createFakeKube(({ method = "GET" }) =>
      method === "GET" ? { status: 200, body: sighting.object } : { status },
    );
    expect(await takeOff(fake)).toEqual({ isOff: false, sighting });
    return requests.map(({ method = "GET" }) => method);
  };

  test.each([403, 422, 500])("HTTP %s of the version that it has: tried once", async status => {
    expect(await refusing(status)).toEqual(["PATCH", "GET"]);
  });
});
