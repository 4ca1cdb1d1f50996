/** Evidence that goes after a heal, on the real API server, whatever others write in the same moment. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { unstamp } from "../../../src/adapters/kube/unstamp";
import { readLive } from "../../../src/adapters/kube/live";
import type { JsonObject } from "../../../src/model/json";
import type { Live } from "../../../src/model/live";
import type { Desired } from "../../../src/model/manifest";
import { testCluster, uniqueSuffix } from "../../support/cluster";
import { connect } from "../../support/kube-adapter";

const server = testCluster();
const kube = connect(server.adminAccess);
const { signal } = new AbortController();
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const STAMP = { "nopea.io/manual-edit": '[{"by":"larry"}]', "nopea.io/seal": "s1" };

let namespace: string;
let ref: { apiVersion: string; kind: string; namespace: string; name: string };
let live: Live;
beforeAll(async () => void (namespace = await server.createNamespace("unstamp")));
beforeEach(async () => {
  ref = { apiVersion: "v1", kind: "ConfigMap", namespace, name: `c-${uniqueSuffix()}` };
  live = await create();
});

async function create(): Promise<Live> {
  const { apiVersion, kind, name } = ref;
  const annotations = { ...STAMP, other: "kept" };
  const object = { apiVersion, kind, metadata: { namespace, name, annotations } };
  const made = readLive(CONFIG_MAP, (await server.admin.create(object)) as unknown as JsonObject);
  if (made === undefined) throw new Error("no object");
  return made;
}

function takeOff(): Promise<boolean> {
  const { apiVersion, kind, name } = ref;
  const manifest = { apiVersion, kind, metadata: { namespace, name } };
  const key = { group: "", kind, name, namespace };
  const source = { file: "a.yaml", line: 1 };
  const desired: Desired = { key, kind: CONFIG_MAP, manifest, digest: "d1", source };
  return unstamp(kube, { desired, live, fieldManager: "nopea:x/app" }, signal);
}

const annotate = (annotations: Readonly<Record<string, string>>) =>
  server.admin.patch(ref, { metadata: { annotations } });
const annotations = async () => (await server.admin.get(ref)).metadata.annotations;

describe("taken off", () => {
  test("all of it, and nothing else", async () => {
    expect(await takeOff()).toBe(true);
    expect(await annotations()).toEqual({ other: "kept" });
  });

  test("also where a controller has written the object meanwhile", async () => {
    await annotate({ "deployment.kubernetes.io/revision": "2" });
    expect(await takeOff()).toBe(true);
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
    expect(await takeOff()).toBe(false);
    expect(await annotations()).toEqual({ ...newer, other: "kept" });
  });

  test("where somebody has suspended the object meanwhile: the seal is of both", async () => {
    await annotate({ "nopea.io/suspend-heal": "true", "nopea.io/seal": "s2" });
    expect(await takeOff()).toBe(false);
    expect(await annotations()).toMatchObject({ ...STAMP, "nopea.io/seal": "s2" });
  });

  test("on another object of the same name", async () => {
    await server.admin.delete(ref);
    await create();
    expect(await takeOff()).toBe(false);
    expect(await annotations()).toMatchObject(STAMP);
  });
});
