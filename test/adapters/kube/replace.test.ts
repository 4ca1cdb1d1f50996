/** Edits that a server-side apply can't undo, on the real API server (spec 121): undone, and nothing else touched. */
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { apply } from "../../../src/adapters/kube/apply";
import { carryOver } from "../../../src/core/drift/carry-over";
import { withHeld } from "../../../src/core/drift/hold";
import { replacement } from "../../../src/core/drift/replace";
import type { Json, JsonObject } from "../../../src/model/json";
import type { Manifest } from "../../../src/model/manifest";
import type { Step } from "../../../src/model/plan";
import { testCluster, uniqueSuffix } from "../../support/cluster";
import {
  desiredOf,
  driftOf,
  editedObject,
  heal,
  seen,
  unordered,
  type EditedObject,
} from "../../support/edited-object";
import { pathOf, READER } from "../../support/drift-case";
import { connect } from "../../support/kube-adapter";

const server = testCluster();
const kube = connect(server.adminAccess);
let namespace: string;
beforeAll(async () => {
  namespace = await server.createNamespace("replace");
});

const CONTAINER = "/spec/template/spec/containers/0";
const LABELS = { app: "api" };

function deployment(): EditedObject {
  const api = {
    name: "api",
    image: "registry.local/api:1.4",
    env: [{ name: "LEVEL", value: "info" }],
    ports: [{ containerPort: 8080 }, { containerPort: 9090, name: "metrics" }],
    livenessProbe: { httpGet: { path: "/live", port: 8080 } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
  const manifest: Manifest = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `api-${uniqueSuffix()}`, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: LABELS },
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [api, { name: "helper", image: "registry.local/helper:2.0" }],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    },
  };
  return editedObject(kube, "deployments", manifest);
}

function service(...ports: readonly JsonObject[]): EditedObject {
  const metadata = { name: `dns-${uniqueSuffix()}`, namespace };
  const manifest = {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector: LABELS, ports },
  };
  return editedObject(kube, "services", manifest);
}

/** Somebody's sidecar, variable and port, of weeks ago. */
const FOREIGN: Json = [
  {
    op: "add",
    path: "/spec/template/spec/containers/-",
    value: { name: "proxy", image: "registry.local/proxy:1", ports: [{ containerPort: 15001 }] },
  },
  { op: "add", path: `${CONTAINER}/env/-`, value: { name: "ZONE", value: "a" } },
  { op: "add", path: `${CONTAINER}/ports/-`, value: { containerPort: 7070 } },
  { op: "add", path: `${CONTAINER}/livenessProbe/failureThreshold`, value: 9 },
  { op: "add", path: "/spec/template/spec/volumes/-", value: { name: "extra", emptyDir: {} } },
];
const FOREIGN_PORT: Json = [
  { op: "add", path: "/spec/ports/-", value: { name: "foreign", port: 9999 } },
];

const edit = (path: string, value: Json): Json => [{ op: "replace", path, value }];

interface Example {
  readonly title: string;
  readonly object: () => EditedObject;
  readonly foreign?: Json;
  readonly edit: Json;
  /** The first attempt is refused. */
  readonly thorough?: boolean;
}

const EDITS: readonly Example[] = [
  {
    title: "containerPort 8080 to 80",
    object: deployment,
    edit: edit(`${CONTAINER}/ports/0/containerPort`, 80),
  },
  {
    title: "probe from httpGet to exec",
    object: deployment,
    edit: edit(`${CONTAINER}/livenessProbe`, { failureThreshold: 9, exec: { command: ["true"] } }),
  },
  {
    title: "a variable from value to valueFrom",
    object: deployment,
    edit: edit(`${CONTAINER}/env/0`, {
      name: "LEVEL",
      valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
    }),
  },
  {
    title: "volume from emptyDir to configMap",
    object: deployment,
    edit: edit("/spec/template/spec/volumes/0", { name: "tmp", configMap: { name: "settings" } }),
  },
  {
    title: "strategy from Recreate to RollingUpdate",
    object: deployment,
    edit: edit("/spec/strategy", { type: "RollingUpdate" }),
    thorough: true,
  },
  { title: "renamed variable", object: deployment, edit: edit(`${CONTAINER}/env/0/name`, "LOUD") },
  {
    title: "renamed container",
    object: deployment,
    edit: edit("/spec/template/spec/containers/1/name", "other"),
  },
  {
    title: "renamed volume, and its mount",
    object: deployment,
    edit: [
      { op: "replace", path: "/spec/template/spec/volumes/0/name", value: "scratch" },
      { op: "replace", path: `${CONTAINER}/volumeMounts/0/name`, value: "scratch" },
    ],
  },
  {
    title: "every container renamed",
    object: deployment,
    // what others have inside an item goes with the item
    foreign: [],
    edit: [0, 1].map(at => ({
      op: "replace",
      path: `/spec/template/spec/containers/${at}/name`,
      value: `c${at}`,
    })),
  },
  {
    title: "named Service port 80 to 81",
    object: () => service({ name: "http", port: 80 }, { name: "metrics", port: 8080 }),
    foreign: FOREIGN_PORT,
    edit: edit("/spec/ports/0/port", 81),
  },
  {
    title: "Service port 80 to 81 without a name",
    object: () => service({ port: 80 }),
    foreign: [],
    edit: edit("/spec/ports/0/port", 81),
  },
];

test.concurrent.each(EDITS)(
  "$title: the edit's own is gone, what others had added stays",
  async ({ object: create, foreign = FOREIGN, edit: made, thorough = false }) => {
    const object = create();
    const applied = await object.apply(object.manifest);
    const before = await object.edit("mesh", foreign);
    const snapshot = seen(object, object.snapshot(applied.sighting.object), before);
    const edited = await object.edit("kubectl-edit", made);
    expect(driftOf(object, edited, { snapshot })).not.toEqual([]);

    const healed = await heal(object, { snapshot });
    expect(restOf(healed.sighting.object)).toEqual(restOf(before));
    expect(driftOf(object, healed.sighting.object, { snapshot })).toEqual([]);
    expect(healed.thorough).toBe(thorough);
    expect(healed.changed).toBe(true);
  },
);

test.concurrent.each(EDITS)(
  "$title while nopea was away: what the last hand put in is gone, what others had added stays",
  async ({ object: create, foreign = FOREIGN, edit: made }) => {
    const object = create();
    await object.apply(object.manifest);
    const before = await object.edit("mesh", foreign);
    // managedFields know seconds
    await setTimeout(1_100);
    await object.edit("kubectl-edit", made);

    const healed = await heal(object, { snapshot: undefined });
    expect(restOf(healed.sighting.object)).toEqual(restOf(before));
  },
);

describe("in the way", () => {
  test("a default that nobody owns, after an apply by others: goes where the server refuses", async () => {
    const object = deployment();
    const { sighting } = await object.apply(object.manifest);
    const snapshot = object.snapshot(sighting.object);
    const { apiVersion, kind, metadata } = object.manifest;
    const strategy = { type: "RollingUpdate" };
    await server.admin.apply(
      { apiVersion, kind, metadata: { ...metadata }, spec: { strategy } },
      { manager: "argo", force: true },
    );
    const healed = await heal(object, { snapshot });
    expect(healed.thorough).toBe(true);
    expect(restOf(healed.sighting.object)).toEqual(restOf(sighting.object));
  });

  test("an edit that stayed while a commit landed: is undone later, not taken for what others had", async () => {
    const object = deployment();
    const { sighting } = await object.apply(object.manifest);
    const snapshot = object.snapshot(sighting.object);
    const variable = "spec.template.spec.containers[name=api].env[name=LEVEL]";
    const { fieldRef } = { fieldRef: { fieldPath: "metadata.name" } };
    const held = [pathOf(`${variable}.value`)];
    const live = await object.edit(
      "kubectl-edit",
      edit(`${CONTAINER}/env/0`, { name: "LEVEL", valueFrom: { fieldRef } }),
    );
    const landed = await object.apply(withHeld(object.manifest, live, held));
    expect(restOf(landed.sighting.object)).toEqual(restOf(live));
    const later = carryOver(object.snapshot(landed.sighting.object), snapshot, held);
    const healed = await heal(object, { snapshot: later });
    expect(restOf(healed.sighting.object)).toEqual(restOf(sighting.object));
  });

  test("the object moved after the decision, or is gone: stale, and nothing is written", async () => {
    const object = deployment();
    const { sighting } = await object.apply(object.manifest);
    const desired = desiredOf("deployments", object.manifest);
    const { uid, resourceVersion } = sighting.live;
    const replace: Step["replace"] = [{ op: "add", path: "/spec/minReadySeconds", value: 9 }];
    const before = await object.edit("mesh", FOREIGN);
    const play = (on: Step["on"] & object) => {
      const step = { desired, manifest: object.manifest, force: true, held: [], replace, on };
      const { fieldManager } = READER;
      return apply(kube, step, { fieldManager, commit: "c1" }, new AbortController().signal);
    };
    expect(await play({ uid, resourceVersion })).toEqual({ result: "stale", desired });
    const other = "00000000-0000-0000-0000-000000000000";
    const { resourceVersion: now } = before.metadata as { resourceVersion: string };
    expect(await play({ uid: other, resourceVersion: now })).toEqual({ result: "stale", desired });
    expect(restOf(await object.read())).toEqual(restOf(before));
    const { apiVersion, kind, metadata } = object.manifest;
    await server.admin.delete({ apiVersion, kind, namespace, name: metadata.name });
    expect(await play({ uid, resourceVersion: now })).toEqual({ result: "stale", desired });
  });

  test("nothing stands in another's place: no patch", async () => {
    const object = deployment();
    const { sighting } = await object.apply(object.manifest);
    const snapshot = object.snapshot(sighting.object);
    const live = await object.edit("mesh", FOREIGN);
    const fields = ["spec.replicas", "metadata.labels.gone"].map(pathOf);
    const replacing = { manifest: object.manifest, live, fields, snapshot, thorough: false };
    expect(replacement(replacing, READER)).toEqual([]);
  });
});

/** All but what the server counts and remembers. */
function restOf({ metadata: _, status: __, ...rest }: JsonObject): Json {
  return unordered(rest);
}
