/** Old nopea annotations that come along with a rollout undo, a replace or a backup: copies, never commands. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { usePeople } from "../support/people";
import { record, type Recorder } from "../support/recorder";
import { isClosed, recordAbout, untilUnmarked } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;
const SUSPEND = "nopea.io/suspend-heal";

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
  };
}

const api = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "api:1"}]}
`;
const imageOf = ({ spec }: Deployment) => spec.template.spec.containers[0]?.image;
const textOf = ({ metadata }: KubeObject, name: string) => metadata.annotations?.[name];
const live = (app: App) => app.object<Deployment>("apps/v1", "Deployment", "api");
const setImage = (image: string) => ["set", "image", "deploy/api", `api=${image}`];

async function start(spec: Readonly<Record<string, unknown>> = {}) {
  const app = await people.app({
    files: { "api.yaml": api },
    spec,
    watches: { "deployments.apps": "api" },
  });
  const { namespace } = app;
  await rolledOut(app, "api:1");
  const seen = await record<Deployment>(admin, "apps/v1", "Deployment", { namespace });
  return { app, seen, applied: textOf(await live(app), "nopea.io/applied") };
}

/** The controller has made the ReplicaSet of an image, which is what an undo goes back to. */
async function rolledOut({ namespace }: App, image: string) {
  return eventually(async () => {
    const sets = await admin.list<Deployment>("apps/v1", "ReplicaSet", { namespace });
    return sets.find(set => imageOf(set) === image);
  }, 10_000);
}

/** The ReplicaSet of an image is the newest revision: an undo goes back to the one before. */
async function isLatest({ namespace }: App, image: string): Promise<void> {
  await eventually(async () => {
    const sets = await admin.list<Deployment>("apps/v1", "ReplicaSet", { namespace });
    const newest = sets.toSorted((a, b) => revisionOf(a) - revisionOf(b)).at(-1);
    return newest !== undefined && imageOf(newest) === image;
  }, 10_000);
}

const revisionOf = (set: KubeObject) =>
  Number(textOf(set, "deployment.kubernetes.io/revision") ?? "0");

/** What was seen of an annotation from a time on. */
const textsSince = (seen: Recorder<Deployment>, at: number, name: string) =>
  new Set(seen.events.filter(event => event.at > at).map(({ object }) => textOf(object, name)));

describe.concurrent("kubectl rollout undo", () => {
  it("back to a hotfix that was suspended then: no suspension comes back; the edit has the name of whoever undid", async () => {
    const { app, seen, applied } = await start();
    await larry.types(app, ["annotate", "deploy/api", `${SUSPEND}=true`]);
    await larry.types(app, setImage("api:hotfix"));
    const set = await rolledOut(app, "api:hotfix");
    expect(textOf(set, SUSPEND)).toBe("true");
    await larry.types(app, ["annotate", "deploy/api", `${SUSPEND}-`]);
    await recordAbout(world, app, "api", { fits: isClosed });
    await eventually(async () => imageOf(await live(app)) === "api:1", 10_000);
    await app.until(({ suspended = [] }) => suspended.length === 0);
    await isLatest(app, "api:1");

    const at = performance.now();
    const { warnings } = await ann.types(app, ["rollout", "undo", "deploy/api"]);
    expect(warnings[0]).toContain("were kept as they were");
    const undone = await seen.until(
      event => event.at > at && imageOf(event.object) === "api:hotfix",
    );
    await seen.until(event => event.at > undone.at && imageOf(event.object) === "api:1");
    const found = await recordAbout(world, app, "api", {
      fits: ({ status }) => status.state === "closed" && status.edits[0]?.by === "ann",
    });
    expect(found.status).toMatchObject({
      decision: "healed",
      edits: [{ by: "ann", groups: ["dev"], verb: "UPDATE", source: "admission" }],
    });
    expect(found.status.edits).toHaveLength(1);
    expect(textsSince(seen, at, SUSPEND)).toEqual(new Set([undefined]));
    expect(textsSince(seen, at, "nopea.io/applied")).toEqual(new Set([applied]));
    expect((await app.resource()).status?.suspended ?? []).toEqual([]);
    await untilUnmarked(() => live(app));
    await seen.stop();
  });

  it("right after a suspension was set: it stays, with the name and the time of whoever set it", async () => {
    const { app, seen, applied } = await start();
    await larry.types(app, ["annotate", "deploy/api", `${SUSPEND}=4h`]);
    await larry.types(app, setImage("api:hotfix"));
    await rolledOut(app, "api:hotfix");
    const before = await live(app);
    const at = performance.now();
    // the ReplicaSet of the first image knows of no suspension
    await ann.types(app, ["rollout", "undo", "deploy/api"]);
    await seen.until(event => event.at > at && imageOf(event.object) === "api:1");
    await app.until(({ driftCount }) => driftCount === 0);
    const after = await live(app);
    for (const name of [SUSPEND, `${SUSPEND}-by`, `${SUSPEND}-at`, `${SUSPEND}-until`]) {
      expect(textOf(after, name), name).toBe(textOf(before, name));
      expect(textsSince(seen, at, name), name).toEqual(new Set([textOf(before, name)]));
    }
    expect(textOf(after, `${SUSPEND}-by`)).toBe("larry");
    expect(textOf(after, "nopea.io/applied")).toBe(applied);
    expect((await app.resource()).status?.suspended).toMatchObject([{ by: "larry" }]);
    await larry.types(app, setImage("api:hotfix2"));
    await new Promise(resolve => setTimeout(resolve, 2_000));
    expect(imageOf(await live(app))).toBe("api:hotfix2");
    await seen.stop();
  });
});

type Names = Readonly<Record<string, unknown>>;

/** What a backup program keeps of an object: all but what the server would refuse. */
async function exported(app: App): Promise<string> {
  const { metadata, ...object } = await app.object("v1", "ConfigMap", "a");
  const { name, namespace, labels, annotations } = metadata;
  return JSON.stringify({ ...object, metadata: { name, namespace, labels, annotations } as Names });
}

async function startMap(spec: Readonly<Record<string, unknown>>) {
  const files = { "a.yaml": configMap("a", "1") };
  const app = await people.app({ files, spec, watches: { configmaps: "a" } });
  const change = { metadata: { annotations: { [SUSPEND]: "true" } }, data: { value: "hotfix" } };
  const patch = (body: object) => [
    "patch",
    "configmap",
    "a",
    "--type=merge",
    "-p",
    JSON.stringify(body),
  ];
  await larry.types(app, patch(change));
  await app.until(({ suspended = [] }) => suspended.length === 1);
  const text = await exported(app);
  await larry.types(app, patch({ metadata: { annotations: { [SUSPEND]: null } } }));
  await app.until(({ suspended = [] }) => suspended.length === 0);
  return { app, text };
}

describe.concurrent("an export from the time of a suspended hotfix", () => {
  it("kubectl replace: the edit counts and has a new name, nothing else of it does", async () => {
    const { app, text } = await startMap({});
    await app.holds("a", "1");
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    await app.synced(commit);
    const applied = textOf(await app.object("v1", "ConfigMap", "a"), "nopea.io/applied");
    expect(applied).toContain(commit);
    await ann.types(app, ["replace", "-f", "-"], { input: text });
    const found = await recordAbout(world, app, "a", {
      fits: ({ status }) => status.state === "closed" && status.edits[0]?.by === "ann",
    });
    expect(found.status).toMatchObject({ decision: "healed", edits: [{ source: "admission" }] });
    await app.holds("a", "2");
    const after = await app.object("v1", "ConfigMap", "a");
    expect(textOf(after, "nopea.io/applied")).toBe(applied);
    await untilUnmarked(() => app.object("v1", "ConfigMap", "a"));
    expect((await app.resource()).status?.suspended ?? []).toEqual([]);
  });

  it("restored after a deletion: nobody is suspended by it, and old evidence is not believed", async () => {
    const { app, text } = await startMap({ healPolicy: "manual" });
    await larry.types(app, ["delete", "configmap", "a"]);
    await app.until(({ drift = [] }) => drift[0]?.who === "larry");
    const { warnings } = await ann.types(app, ["create", "-f", "-"], { input: text });
    expect(warnings[0]).toContain("were left out");
    // made anew by hand: the policy decides about it as about the deletion
    await app.annotate({ "nopea.io/sync-at": "restored" });
    await app.until(
      ({ lastHandledSyncAt, drift = [] }) =>
        lastHandledSyncAt === "restored" && drift[0]?.decision === "left",
    );
    const { metadata, ...object } = await app.object("v1", "ConfigMap", "a");
    const names = Object.keys(metadata.annotations ?? {}).filter(name => name.startsWith(SUSPEND));
    expect(names).toEqual([]);
    expect(object).toMatchObject({ data: { value: "hotfix" } });
    expect((await app.resource()).status?.suspended ?? []).toEqual([]);
    await app.edit({ healPolicy: "auto" });
    await app.holds("a", "1");
  });
});
