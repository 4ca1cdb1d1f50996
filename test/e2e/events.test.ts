/** Kubernetes Events as kubectl shows them: who changed what, and what becomes of it; each thing once. */
import { describe, expect, it } from "vitest";
import type { Files } from "../../src/local/git-fast-import";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { usePeople } from "../support/people";
import { configMap, deployment, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;

interface EventOfServer extends KubeObject {
  readonly reason: string;
  readonly note: string;
  readonly eventTime: string;
  readonly regarding: { readonly kind: string; readonly name: string };
  readonly series?: { readonly count: number };
}

/** Those of nopea in the app's namespace. */
async function eventsOf({ namespace }: App): Promise<readonly EventOfServer[]> {
  const all = await admin.list<EventOfServer>("events.k8s.io/v1", "Event", { namespace });
  return all.filter(({ metadata }) => metadata.labels?.["nopea.io/event"] !== undefined);
}

/** `Reason` of those about one object, in the order in which they were told. */
async function reasons(app: App, kind: string, name: string): Promise<readonly string[]> {
  const events = (await eventsOf(app)).filter(
    ({ regarding }) => regarding.kind === kind && regarding.name === name,
  );
  return [...events]
    .sort((a, b) => a.eventTime.localeCompare(b.eventTime))
    .map(({ reason, series }) => (series === undefined ? reason : `${reason} x${series.count}`));
}

const start = (spec: object = {}, files: Files = { "a.yaml": configMap("a", "1") }) =>
  people.app({ files, spec: { ...spec }, watches: { configmaps: "a" } });
const set = (value: string) => [
  ...["patch", "configmap", "a", "--type=merge", "-p", JSON.stringify({ data: { value } })],
];

describe.concurrent("kubectl", () => {
  it("describe deploy/api after a hotfix: who, which field, from what to what, and when it heals", async () => {
    const app = await people.app({
      files: { "api.yaml": deployment("api:1.4") },
      spec: { healGracePeriod: "5m" },
      watches: { "deployments.apps": "api" },
    });
    await larry.types(app, ["set", "image", "deploy/api", "api=hotfix-v1"]);
    await eventually(async () => {
      const { stdout } = await larry.types(app, ["describe", "deploy/api"]);
      expect(stdout).toMatch(
        /Warning\s+DriftDetected\s+\S+\s+nopea\.false\.systems\/nopea\s+larry changed spec\.template\.spec\.containers\[name=api\]\.image from api:1\.4 to hotfix-v1; heals in (5m|4m5\ds) unless nopea\.io\/suspend-heal is set/,
      );
      return true;
    }, 10_000);
    const { stdout } = await eventually(async () => {
      const described = await larry.types(app, ["describe", "gr/app"]);
      return described.stdout.includes("DriftDetected") && described;
    }, 10_000);
    expect(stdout).toMatch(/Normal\s+Synced\s+.*Commit [0-9a-f]{12} of main is in: 1 object/);
    expect(stdout).toMatch(
      new RegExp(`DriftDetected .*Deployment\\.apps/${app.namespace}/api: larry changed`),
    );
  });

  it("the value of a ConfigMap is in no Event", async () => {
    const app = await start({ healPolicy: "manual" });
    await larry.types(app, set("pa55word"));
    await eventually(async () => {
      expect(await reasons(app, "ConfigMap", "a")).toEqual(["DriftDetected"]);
      return true;
    }, 10_000);
    expect(JSON.stringify(await eventsOf(app))).not.toContain("pa55word");
    expect(JSON.stringify(await eventsOf(app))).toContain("larry changed data.value");
  });
});

describe.concurrent("each thing once", () => {
  it("healed at once: detected and healed, on the object and on the GitRepository", async () => {
    const app = await start();
    await larry.types(app, set("2"));
    await app.holds("a", "1");
    await eventually(async () => {
      expect(await reasons(app, "ConfigMap", "a")).toEqual(["DriftDetected", "Healed"]);
      // the copy on the GitRepository is sent right after
      expect(await reasons(app, "GitRepository", "app")).toEqual([
        ...["Synced", "DriftDetected", "Healed"],
      ]);
      return true;
    }, 10_000);
  });

  it("left: one Event through ten polls; another person's edit: one more, with that name", async () => {
    const app = await start({ healPolicy: "manual", interval: "1s" });
    await larry.types(app, set("2"));
    await eventually(async () => (await reasons(app, "ConfigMap", "a")).length === 1, 10_000);
    await new Promise(resolve => setTimeout(resolve, 10_000));
    expect(await reasons(app, "ConfigMap", "a")).toEqual(["DriftDetected"]);
    await ann.types(app, set("3"));
    await eventually(async () => {
      const notes = (await eventsOf(app)).map(({ note }) => note);
      expect(notes.some(note => note.startsWith("ann changed data.value"))).toBe(true);
      return true;
    }, 10_000);
    expect(await reasons(app, "ConfigMap", "a")).toEqual(["DriftDetected", "DriftDetected"]);
  });

  it("suspended, edited, resumed, healed: a name and a reason where there is one", async () => {
    const app = await start();
    await larry.types(app, [
      ...["annotate", "configmap", "a", "nopea.io/suspend-heal=true"],
      "nopea.io/suspend-heal-reason=INC-4711",
    ]);
    await larry.types(app, set("2"));
    await eventually(async () => (await reasons(app, "ConfigMap", "a")).length === 2, 10_000);
    await larry.types(app, ["annotate", "configmap", "a", "nopea.io/suspend-heal-"]);
    await app.holds("a", "1");
    await eventually(async () => {
      const told = await reasons(app, "ConfigMap", "a");
      expect([...told].sort()).toEqual(["DriftDetected", "Healed", "Resumed", "Suspended"]);
      return true;
    }, 10_000);
    const notes = (await eventsOf(app)).map(({ note }) => note);
    expect(notes).toContain(
      "larry suspended healing until nopea.io/suspend-heal is removed: INC-4711",
    );
  });

  it("a commit that nobody can read: Failed once; what leaves Git: Orphaned, then Pruned", async () => {
    const app = await start(
      { interval: "1s" },
      { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
    );
    await app.push({ "b.yaml": "{" });
    await app.failed(/b\.yaml/);
    await new Promise(resolve => setTimeout(resolve, 4_000));
    const commit = await app.push({ "b.yaml": null });
    await app.synced(commit);
    await eventually(async () => {
      expect(await reasons(app, "GitRepository", "app")).toEqual([
        ...["Synced", "Failed", "Synced", "Orphaned"],
      ]);
      return true;
    }, 10_000);
    expect(await reasons(app, "ConfigMap", "b")).toEqual(["Orphaned"]);
    await app.edit({ prune: true });
    await eventually(async () => {
      expect(await reasons(app, "ConfigMap", "b")).toEqual(["Orphaned", "Pruned"]);
      return true;
    }, 20_000);
  });
});
