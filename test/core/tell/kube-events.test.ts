/** What Kubernetes Events say, and what they are about. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { kubeEventsOf } from "../../../src/core/tell/kube-events";
import type { Change, Edit, Episode } from "../../../src/model/episode";
import type { Happening, Told } from "../../../src/model/happening";

const NOW = Date.parse("2026-01-15T03:02:11Z");
const COMMIT = "8f3c1a90b2d48f3c1a90b2d48f3c1a90b2d40000";
const IMAGE = "spec.template.spec.containers[name=api].image";
const about: Told = {
  id: { namespace: "shop", name: "my-app", uid: "r" },
  ...{ url: "https://git.example.com/my-app.git", branch: "main", path: "" },
  ...{ healPolicy: "auto", notify: undefined },
};
const tools = {
  sha256,
  rfc3339: (milliseconds: number) => new Date(milliseconds).toISOString().replace(".000", ""),
};
const key = { group: "apps", kind: "Deployment", namespace: "shop", name: "api" };
const object = { key, apiVersion: "apps/v1", uid: "u" };

function eventsOf(happening: Happening, at = NOW) {
  return kubeEventsOf(happening, about, at, tools);
}

/** `Reason on Kind/name: note` of each. */
function lines(happening: Happening): readonly string[] {
  return eventsOf(happening).map(
    ({ reason, regarding: { kind, name }, note }) => `${reason} on ${kind}/${name}: ${note}`,
  );
}

function edit(change: Partial<Edit> = {}): Edit {
  const changes = [{ path: IMAGE, from: "api:1.4", to: "hotfix-v1" }];
  return {
    ...{ id: "1", by: "larry", at: NOW, verb: "UPDATE", source: "admission", changes },
    ...change,
  };
}

function episode(change: Partial<Episode> = {}): Episode {
  return {
    ...{ record: "01kf4x", key, apiVersion: "apps/v1", uid: "u", class: "manual_drift" },
    ...{ since: NOW, edits: [edit()], fields: [IMAGE], conflicts: [], repeats: 0 },
    ...{ decision: "waiting", decisionAt: NOW, reason: "grace period of 5m", commit: COMMIT },
    ...change,
  };
}

function drift(change: Partial<Episode>, before?: Partial<Episode>): Happening {
  return {
    what: "drift",
    before: before && episode(before),
    episode: episode(change),
  };
}

describe("an edit by hand", () => {
  test("within a grace period: on the object and on the GitRepository, with who, what and when", () => {
    const what = `larry changed ${IMAGE} from api:1.4 to hotfix-v1; heals in 4m58s unless nopea.io/suspend-heal is set`;
    expect(lines(drift({ until: NOW + 298_000 }))).toEqual([
      `DriftDetected on Deployment/api: ${what}`,
      `DriftDetected on GitRepository/my-app: Deployment.apps/shop/api: ${what}`,
    ]);
    const [first, second] = eventsOf(drift({ until: NOW + 298_000 }));
    expect(first).toMatchObject({
      type: "Warning",
      regarding: { ...{ apiVersion: "apps/v1", kind: "Deployment" }, namespace: "shop", uid: "u" },
      related: { kind: "GitRepository", name: "my-app", uid: "r" },
    });
    expect(second?.related).toEqual(first?.regarding);
    expect(second?.occurrence).toBe(first?.occurrence);
  });

  test.each<[string, Partial<Episode>, string]>([
    ["healed at once", {}, "larry changed PATH from api:1.4 to hotfix-v1; heals at once"],
    [
      "left by the policy",
      { decision: "left", reason: "healPolicy manual leaves it to people" },
      "larry changed PATH from api:1.4 to hotfix-v1; stays: healPolicy manual leaves it to people",
    ],
    [
      "suspended",
      { decision: "suspended", reason: "nopea.io/suspend-heal is set: INC-4711" },
      "larry changed PATH from api:1.4 to hotfix-v1; stays: nopea.io/suspend-heal is set: INC-4711",
    ],
    [
      "refused",
      { decision: "failed", reason: "a webhook says no" },
      "larry changed PATH from api:1.4 to hotfix-v1; not healed: a webhook says no",
    ],
    [
      "a conflict",
      { class: "conflict", decision: "left", reason: "kept" },
      "larry changed PATH from api:1.4 to hotfix-v1, which Git changed too; stays: kept",
    ],
    [
      "deleted",
      { edits: [edit({ verb: "DELETE", changes: [] })] },
      "larry deleted it; heals at once",
    ],
    [
      "nobody knows who",
      { edits: [edit({ by: "unknown", manager: "kubectl-edit" })] },
      "somebody (with kubectl-edit) changed PATH from api:1.4 to hotfix-v1; heals at once",
    ],
    ["nothing is known", { edits: [] }, "somebody changed PATH; heals at once"],
  ])("%s", (_, change, note) => {
    const [first] = eventsOf(drift(change));
    expect(first?.note).toBe(note.replace("PATH", IMAGE));
  });

  test.each<[Change, string]>([
    [{ path: "data.k", from: "(changed)", to: "(changed)" }, "changed data.k"],
    [{ path: "data.k", to: "x" }, "set data.k to x"],
    [{ path: "data.k", to: "(changed)" }, "changed data.k"],
    [{ path: "data.k", from: "x" }, "removed data.k, which was x"],
    [{ path: "data.k", from: "(changed)" }, "removed data.k"],
    [
      { path: "data.k", from: "a\n b", to: "x".repeat(300) },
      `changed data.k from a b to ${"x".repeat(199)}…`,
    ],
  ])("%o", (change, what) => {
    const [first] = eventsOf(drift({ edits: [edit({ changes: [change] })] }));
    expect(first?.note).toBe(`larry ${what}; heals at once`);
  });

  test("several fields: the first, and how many more", () => {
    const changes = ["a", "b", "c"].map(path => ({ path, from: "1", to: "2" }));
    const [first] = eventsOf(drift({ edits: [edit({ changes })] }));
    expect(first?.note).toBe("larry changed a from 1 to 2, and 2 more fields; heals at once");
  });

  test.each<[string, Partial<Episode>, readonly string[]]>([
    ["healed", { decision: "healed" }, ["Healed"]],
    ["committed", { decision: "committed" }, ["HealSkipped"]],
    ["undone", { decision: "undone" }, ["HealSkipped"]],
    ["suspended", { decision: "suspended" }, ["HealSkipped"]],
    ["left", { decision: "left" }, ["HealSkipped"]],
    ["failed", { decision: "failed" }, ["HealSkipped"]],
    ["waiting anew", { until: NOW + 1 }, ["DriftDetected"]],
    ["about to be healed", {}, []],
    ["edited once more", { edits: [edit(), edit({ id: "2", by: "moe" })] }, ["DriftDetected"]],
    [
      "edited once more and healed",
      { decision: "healed", edits: [edit({ id: "2" })] },
      ["DriftDetected", "Healed"],
    ],
  ])("after it was detected, %s", (_, change, reasons) => {
    const before: Partial<Episode> = {
      decision: change.until === undefined ? "waiting" : "suspended",
    };
    const told = eventsOf(drift(change, before)).filter(({ regarding }) => regarding.uid === "u");
    expect(told.map(({ reason }) => reason)).toEqual(reasons);
  });

  test("over when it is first told of, or repeated after it was over: detected, and what came of it", () => {
    for (const before of [undefined, { decision: "healed" as const }]) {
      const told = eventsOf(drift({ decision: "healed", repeats: 1 }, before));
      expect(told.map(({ reason }) => reason)).toEqual([
        ...["DriftDetected", "DriftDetected", "Healed", "Healed"],
      ]);
      expect(told[2]?.note).toBe(`Git's value is back: ${IMAGE} (the edit was larry's)`);
    }
  });

  test("the same edit again: the same Event, whatever the time left; another value: another", () => {
    const first = eventsOf(drift({ until: NOW + 298_000 }))[0]?.same;
    expect(eventsOf(drift({ until: NOW + 100_000 }), NOW + 1)[0]?.same).toBe(first);
    const other = [{ path: IMAGE, from: "api:1.4", to: "hotfix-v2" }];
    expect(eventsOf(drift({ edits: [edit({ changes: other })] }))[0]?.same).not.toBe(first);
  });
});

describe("everything else", () => {
  test.each<[Happening, readonly string[]]>([
    [
      { what: "synced", commit: COMMIT, previous: undefined, total: 3, created: 2, updated: 1 },
      [
        "Synced on GitRepository/my-app: Commit 8f3c1a90b2d4 of main is in: 3 objects (2 created, 1 updated)",
      ],
    ],
    [
      {
        ...{ what: "failed", commit: COMMIT, reason: "InvalidManifests", message: "a.yaml:3: no" },
        fault: { code: "manifest-invalid", message: "a.yaml:3: no" },
      },
      ["Failed on GitRepository/my-app: a.yaml:3: no"],
    ],
    [
      {
        what: "suspended",
        object,
        suspended: { ...object, at: NOW, by: "larry", reason: "INC-1" },
      },
      [
        "Suspended on Deployment/api: larry suspended healing until nopea.io/suspend-heal is removed: INC-1",
        "Suspended on GitRepository/my-app: Deployment.apps/shop/api: larry suspended healing until nopea.io/suspend-heal is removed: INC-1",
      ],
    ],
    [
      { what: "resumed", object },
      [
        "Resumed on Deployment/api: nopea.io/suspend-heal is over: healing goes on",
        "Resumed on GitRepository/my-app: Deployment.apps/shop/api: nopea.io/suspend-heal is over: healing goes on",
      ],
    ],
    [
      { what: "autoscaled", object, fields: ["spec.replicas"] },
      [
        "HealSkipped on Deployment/api: spec.replicas stays: an autoscaler set it",
        "HealSkipped on GitRepository/my-app: Deployment.apps/shop/api: spec.replicas stays: an autoscaler set it",
      ],
    ],
    [
      { what: "rests" },
      ["Suspended on GitRepository/my-app: spec.suspend is true: nothing is fetched or written"],
    ],
    [
      { what: "goes-on" },
      ["Resumed on GitRepository/my-app: spec.suspend is false: syncing goes on"],
    ],
  ])("%o", (happening, expected) => {
    expect(lines(happening)).toEqual(expected);
  });

  test("many objects leave Git: on twenty of them, and on the GitRepository for all", () => {
    const objects = Array.from({ length: 30 }, (_, at) => ({
      key: { ...key, name: `d${at}` },
      ...{ apiVersion: "apps/v1", uid: `u${at}` },
    }));
    const told = eventsOf({ what: "orphaned", commit: COMMIT, objects });
    expect(told).toHaveLength(21);
    expect(told.at(-1)?.note).toMatch(
      /^Deployment\.apps\/shop\/d0, .*d2 and 27 more: Commit 8f3c1a90b2d4 of main no longer declares/,
    );
  });

  test("an object that only a status tells of: on the GitRepository alone", () => {
    expect(lines({ what: "resumed", object: { key, apiVersion: "", uid: "" } })).toEqual([
      expect.stringMatching(/^Resumed on GitRepository/),
    ]);
  });

  test("a suspension that another process has told of: the same occurrence", () => {
    const suspended = { ...object, at: NOW, by: "larry" };
    const [first] = eventsOf({ what: "suspended", object, suspended });
    const [again] = eventsOf({ what: "suspended", object, suspended }, NOW + 1e6);
    expect(again?.occurrence).toBe(first?.occurrence);
    const later = { ...suspended, at: NOW + 1_000 };
    const [other] = eventsOf({ what: "suspended", object, suspended: later });
    expect(other?.occurrence).not.toBe(first?.occurrence);
  });
});

test("law: no note is longer than the API server takes, whatever it tells of", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 3000 }), message => {
      const fault = { code: "internal", message } as const;
      const [event] = eventsOf({ what: "failed", commit: undefined, reason: "x", message, fault });
      expect(Buffer.byteLength(event?.note ?? "")).toBeLessThanOrEqual(1024);
      if (message.length < 200) expect(event?.note).toBe(message);
    }),
  );
});
