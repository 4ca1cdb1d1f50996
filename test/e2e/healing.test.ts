/** Every kind of edit that the hook does not see, with healPolicy auto and no grace period: healed, and recorded. */
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import {
  atOnce,
  canonical,
  closedRecords,
  contentOf,
  edit,
  firstAfter,
  recordsOf,
  unseen,
} from "../support/hands";
import { retype } from "../support/people";
import { record } from "../support/recorder";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
// evidence.test.ts has those that are seen
const access = world.cluster.accessFor(...unseen);
const somebody = world.cluster.as(...unseen);

const container = "spec.template.spec.containers[name=api]";
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {team: shop, tier: web}, annotations: {note: kept}}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: api
          image: registry.invalid/api:1.4
          args: [--one, --two]
          env: [{name: MODE, value: calm}]
`;

interface Change {
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

interface Edit {
  readonly by: (app: App, ref: ObjectRef) => Promise<unknown>;
  readonly manager?: string;
  readonly verb?: string;
  readonly changes: readonly Change[];
  /** What is in the object afterwards, and was not before: an edit that is nobody's business. */
  readonly stays?: (before: Content) => void;
}

interface Content {
  readonly metadata: { annotations: Record<string, string>; labels: Record<string, string> };
  readonly spec: { template: { spec: { containers: { env: unknown[]; image: string }[] } } };
}

const image = { path: `${container}.image`, from: "registry.invalid/api:1.4" };

async function run(app: App, args: readonly string[], input = ""): Promise<void> {
  const type = () => world.cluster.kubectl(["-n", app.namespace, ...args], { input, access });
  const { code, stderr } = await retype(type);
  expect(code, stderr).toBe(0);
}

const patching = (manager: string, body: unknown) => (_: App, ref: ObjectRef) =>
  edit(somebody, ref, { manager, body });

const edits: Readonly<Record<string, Edit>> = {
  "kubectl set image": {
    by: app => run(app, ["set", "image", "deploy/api", "api=hotfix:v1"]),
    manager: "kubectl-set",
    changes: [{ ...image, to: "hotfix:v1" }],
  },
  "a merge patch of a number": {
    by: app =>
      run(app, ["patch", "deploy", "api", "--type=merge", "-p", '{"spec":{"replicas":5}}']),
    manager: "kubectl-patch",
    changes: [{ path: "spec.replicas", from: "2", to: "5" }],
  },
  "a JSON patch that removes a field": {
    by: patching("kubectl-edit", [{ op: "remove", path: "/spec/template/spec/containers/0/args" }]),
    changes: [{ path: `${container}.args`, from: '["--one","--two"]' }],
  },
  "a field with a default is removed": {
    by: patching("kubectl-patch", [
      { op: "remove", path: "/spec/template/spec/terminationGracePeriodSeconds" },
    ]),
    // the API server counts the default as theirs
    manager: "kubectl-patch",
    changes: [{ path: "spec.template.spec.terminationGracePeriodSeconds", from: "20", to: "30" }],
  },
  "a label is removed": {
    by: app => run(app, ["label", "deploy/api", "tier-"]),
    changes: [{ path: "metadata.labels.tier", from: "web" }],
  },
  "a label is overwritten": {
    by: app => run(app, ["label", "deploy/api", "tier=db", "--overwrite"]),
    manager: "kubectl-label",
    changes: [{ path: "metadata.labels.tier", from: "web", to: "db" }],
  },
  "an annotation is removed": {
    by: patching("kubectl-annotate", { metadata: { annotations: { note: null } } }),
    changes: [{ path: "metadata.annotations.note", from: "kept" }],
  },
  "kubectl scale": {
    by: app => run(app, ["scale", "deploy/api", "--replicas=4"]),
    manager: "kubectl",
    verb: "SCALE",
    changes: [{ path: "spec.replicas", from: "2", to: "4" }],
  },
  "an atomic list is longer": {
    by: patching("kubectl-edit", [
      { op: "add", path: "/spec/template/spec/containers/0/args/-", value: "--three" },
    ]),
    manager: "kubectl-edit",
    changes: [
      {
        path: `${container}.args`,
        from: '["--one","--two"]',
        to: '["--one","--two","--three"]',
      },
    ],
  },
  "a variable is changed, another one added: that one is foreign, and stays": {
    by: patching("kubectl-edit", [
      { op: "replace", path: "/spec/template/spec/containers/0/env/0/value", value: "wild" },
      {
        op: "add",
        path: "/spec/template/spec/containers/0/env/-",
        value: { name: "X", value: "y" },
      },
    ]),
    manager: "kubectl-edit",
    changes: [{ path: `${container}.env[name=MODE].value`, from: "(changed)", to: "(changed)" }],
    stays: ({ spec }) => void spec.template.spec.containers[0]?.env.push({ name: "X", value: "y" }),
  },
  "kubectl replace of what was got before": {
    by: async (app, ref) => {
      const before = await admin.get(ref);
      const text = JSON.stringify(before).replaceAll("registry.invalid/api:1.4", "hotfix:v1");
      const { resourceVersion, ...metadata } = (JSON.parse(text) as KubeObject).metadata;
      const object = { ...(JSON.parse(text) as KubeObject), metadata };
      await run(app, ["replace", "-f", "-"], JSON.stringify(object));
    },
    manager: "kubectl-replace",
    changes: [{ ...image, to: "hotfix:v1" }],
  },
  "kubectl replace of a file, which knows nothing of nopea": {
    by: app =>
      run(app, ["replace", "-f", "-"], deployment.replace("registry.invalid/api:1.4", "hotfix:v1")),
    manager: "kubectl-replace",
    changes: [{ ...image, to: "hotfix:v1" }],
  },
  "kubectl apply --server-side": {
    by: app =>
      run(
        app,
        ["apply", "--server-side", "--force-conflicts", "-f", "-"],
        deployment.replace("registry.invalid/api:1.4", "hotfix:v1"),
      ),
    manager: "kubectl",
    changes: [{ ...image, to: "hotfix:v1" }],
  },
};

/** Edits, and measures from the event that shows the edit to the one that shows it healed. */
async function healed(app: App, ref: ObjectRef, { by, stays }: Pick<Edit, "by" | "stays">) {
  const recorder = await record(admin, ref.apiVersion, ref.kind, { namespace: app.namespace });
  const content = contentOf(await admin.get(ref));
  const before = canonical(content);
  stays?.(content as Content);
  await by(app, ref);
  const edited = await firstAfter(recorder, 0, object => canonical(contentOf(object)) !== before);
  const after = canonical(content);
  const back = await firstAfter(
    recorder,
    edited.at,
    object => canonical(contentOf(object)) === after,
  );
  await recorder.stop();
  return back.at - edited.at;
}

describe.concurrent("an edit of a Deployment by hand", () => {
  it.each(Object.entries(edits))("%s: healed at once, and recorded", async (_, given) => {
    const app = await world.app({ files: { "api.yaml": deployment } });
    const { status } = await app.synced();
    const ref = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: app.namespace,
      name: "api",
    };
    const before = await admin.get(ref);
    expect(await healed(app, ref, given)).toBeLessThan(atOnce);
    const [found] = await closedRecords(admin, app.namespace);
    const { manager, verb = "UPDATE", changes } = given;
    expect(found).toMatchObject({
      metadata: { labels: { "nopea.io/repository": app.name } },
      spec: {
        repository: app.name,
        object: { ...ref, uid: before.metadata.uid },
      },
      status: {
        state: "closed",
        class: "manual_drift",
        decision: "healed",
        repeats: 0,
        commit: app.commit,
      },
    });
    const who = manager === undefined ? {} : { manager };
    expect(found.status.edits).toMatchObject([{ by: "unknown", source: "inferred", verb, ...who }]);
    expect(found.status.edits[0]?.manager).toBe(manager);
    expect(found.status.edits[0]?.changes).toEqual(changes);
    const after = await app.until(({ driftCount }) => driftCount === 0);
    expect(after.status).not.toHaveProperty("drift");
    expect(after.status?.lastSyncedCommit).toBe(status?.lastSyncedCommit);
  });
});

describe("edits one after the other", () => {
  it("five of an image: each healed at once", async () => {
    const app = await world.app({ files: { "api.yaml": deployment } });
    await app.synced();
    const ref = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      namespace: app.namespace,
      name: "api",
    };
    const times: number[] = [];
    for (const n of [1, 2, 3, 4, 5]) {
      const by = patching("kubectl-set", [
        { op: "replace", path: "/spec/template/spec/containers/0/image", value: `hotfix:v${n}` },
      ]);
      times.push(await healed(app, ref, { by }));
    }
    // how fast says the benchmark
    for (const time of times) expect(time).toBeLessThan(atOnce);
  });
});

const planted = "planted-value-of-a-person";
const inBase64 = Buffer.from(planted).toString("base64");
const secret = `apiVersion: v1
kind: Secret
metadata: {name: a}
stringData: {value: from-git}
`;
const values: readonly (readonly [string, string, string, object])[] = [
  ["a ConfigMap's key", "ConfigMap", configMap("a", "1"), { data: { value: planted } }],
  ["a Secret through data", "Secret", secret, { data: { value: inBase64 } }],
  ["a Secret through stringData", "Secret", secret, { stringData: { value: planted } }],
];

describe.concurrent("values that nobody else may see", () => {
  it.each(values)(
    "%s is changed: healed, and the value is told nowhere",
    async (_, kind, text, body) => {
      const app = await world.app({ files: { "a.yaml": text } });
      await app.synced();
      const ref = { apiVersion: "v1", kind, namespace: app.namespace, name: "a" };
      const by = patching("kubectl-patch", body);
      expect(await healed(app, ref, { by })).toBeLessThan(atOnce);
      const [found] = await closedRecords(admin, app.namespace);
      expect(found.status.edits[0]).toMatchObject({
        manager: "kubectl-patch",
        changes: [{ path: "data.value", from: "(changed)", to: "(changed)" }],
      });
      const told =
        JSON.stringify([found, await app.resource()]) + (await world.nopea.watcher.log());
      expect(told).toContain("data.value");
      for (const value of [planted, inBase64, "from-git"]) expect(told).not.toContain(value);
    },
  );

  it("a ConfigMap's key is removed beside one that somebody had added: it is back, the other is foreign and stays", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: app.namespace, name: "a" };
    const body = { data: { other: "2" } };
    await edit(somebody, ref, { manager: "somebody", body });
    await edit(somebody, ref, { manager: "kubectl-edit", body: { data: { value: null } } });
    const [found] = await closedRecords(admin, app.namespace);
    expect(await app.data("a")).toEqual({ value: "1", other: "2" });
    expect(found.status.edits[0]?.changes).toEqual([{ path: "data.value", from: "(changed)" }]);
  });

  it("two edits of two objects: a record each, named by its object", async () => {
    const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
    const app = await world.app({ files });
    await app.synced();
    const of = (name: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace: app.namespace,
      name,
    });
    await edit(somebody, of("a"), { manager: "kubectl-edit", body: { data: { value: "2" } } });
    await edit(somebody, of("b"), { manager: "kubectl-edit", body: { data: { value: "2" } } });
    await closedRecords(admin, app.namespace, 2);
    await Promise.all([app.holds("a", "1"), app.holds("b", "1")]);
    const names = (await recordsOf(admin, app.namespace)).map(({ spec }) => spec.object.name);
    expect(names.sort()).toEqual(["a", "b"]);
  });
});
