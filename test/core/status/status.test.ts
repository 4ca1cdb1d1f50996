/** From the report of a sync to the status that people read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { summariseFault } from "../../../src/core/report/summarise";
import { sameStatus } from "../../../src/core/status/same";
import { statusAfter, type StatusContext } from "../../../src/core/status/status";
import { statusBefore, statusDuring, statusAhead } from "../../../src/core/status/progress";
import type { Condition, RepositoryStatus } from "../../../src/model/git-repository";
import { formatKey, type ObjectKey } from "../../../src/model/object-key";
import type { FailedObject, Report } from "../../../src/model/report";
import { COMMIT, desired, named, report } from "../../support/examples";

const NEXT = "9".repeat(40);
const T1 = "2026-01-15T10:30:00Z";
const T2 = "2026-01-15T10:35:00Z";

function context(change: Partial<StatusContext> = {}): StatusContext {
  const rfc3339 = (at: number) => new Date(at).toISOString();
  return { previous: {}, generation: 1, now: T1, branch: "main", rfc3339, ...change };
}

/** The status after these syncs, five minutes between two of them at most. */
function after(...reports: readonly Report[]): RepositoryStatus {
  return reports.reduce<RepositoryStatus>(
    (previous, one, index) => statusAfter(one, context({ previous, now: index === 0 ? T1 : T2 })),
    {},
  );
}

function condition(status: RepositoryStatus, type: Condition["type"]): Condition | undefined {
  return status.conditions?.find(one => one.type === type);
}

function failure(name: string, message = "too big"): FailedObject {
  const { key } = named(name);
  return { key, source: `${name}.yaml:3`, fault: { code: "object-refused", message } };
}

const good = report({ writes: 1 });
const broken = report({ failed: [failure("a")] });
const unreachable = summariseFault("1", undefined, {
  code: "git-unreachable",
  message: "refused",
});

const refTo = (key: ObjectKey) => ({ key, apiVersion: "v1", uid: formatKey(key) });

describe("a good sync", () => {
  test("everything that the contract names", () => {
    expect(after(good)).toEqual({
      observedGeneration: 1,
      phase: "Synced",
      lastSyncedCommit: COMMIT,
      lastAttemptedCommit: COMMIT,
      lastSyncTime: T1,
      driftCount: 0,
      resources: { total: 1, kinds: ["v1/ConfigMap"], orphanCount: 0, orphans: [] },
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "Synced",
          message: "Commit 8f3c8f3c8f3c of main is in: 1 object",
          lastTransitionTime: T1,
          observedGeneration: 1,
        },
      ],
    });
  });

  test("adopted objects and notices: told in the message, three by name", () => {
    const adopted = ["a", "b", "c", "d", "e"].map(name => named(name).key);
    const status = after(report({ adopted, notices: ["Left out x"], total: 5 }));
    expect(condition(status, "Ready")?.message).toBe(
      "Commit 8f3c8f3c8f3c of main is in: 5 objects. Adopted ConfigMap/shop/a, ConfigMap/shop/b, " +
        "ConfigMap/shop/c and 2 more, which no repository managed before. Left out x",
    );
  });

  test("what is held: pending with object and commit, the newest 20, the commit counts as in", () => {
    const held = Array.from({ length: 25 }, (_, index) => named(`c${index}`).key);
    const status = after(report({ held }));
    expect(status).toMatchObject({ phase: "Synced", lastSyncedCommit: COMMIT });
    expect(status.pending).toHaveLength(20);
    expect(status.pending?.[0]).toEqual({
      object: "ConfigMap/shop/c0",
      commit: COMMIT,
      because: "suspended",
    });
  });

  test("what was held and is no longer: not pending", () => {
    expect(after(report({ held: [desired().key] }), report())).not.toHaveProperty("pending");
  });

  test("orphans: counted, the first 20 named", () => {
    const orphans = Array.from({ length: 25 }, (_, index) => refTo(named(`c${index}`).key));
    const { resources } = after(report({ orphans }));
    expect(resources?.orphanCount).toBe(25);
    expect(resources?.orphans).toHaveLength(20);
  });

  test("what nopea does not know of: stays", () => {
    const previous = { later: 3 } as RepositoryStatus;
    expect(statusAfter(good, context({ previous }))).toMatchObject({ later: 3 });
  });
});

describe("a failed sync", () => {
  test("an object: file, object, cause and hint; the last good commit stays", () => {
    const status = after(good, { ...broken, commit: NEXT });
    expect(status).toMatchObject({
      phase: "Failed",
      lastSyncedCommit: COMMIT,
      lastAttemptedCommit: NEXT,
      lastSyncTime: T1,
    });
    expect(condition(status, "Ready")).toMatchObject({
      status: "False",
      reason: "ObjectRefused",
      message: "a.yaml:3: ConfigMap/shop/a: too big: correct the manifest",
    });
    expect(condition(status, "Stalled")).toBeUndefined();
  });

  test("five objects: three are named, the rest is counted", () => {
    const failed = ["a", "b", "c", "d", "e"].map(name => failure(name));
    const { message = "" } = condition(after(report({ failed })), "Ready") ?? {};
    expect(message.split("; ")).toHaveLength(4);
    expect(message).toMatch(/and 2 more$/);
  });

  test("before the cluster was looked at: what is known of its objects stays", () => {
    const status = after(report({ held: [desired().key] }), unreachable);
    expect(status).toMatchObject({ phase: "Failed", lastAttemptedCommit: COMMIT });
    expect(status.resources?.total).toBe(1);
    expect(status.pending).toHaveLength(1);
  });

  test("that wrote something: lastSyncTime moves, lastSyncedCommit does not", () => {
    const status = after(good, { ...broken, commit: NEXT, writes: 2 });
    expect(status).toMatchObject({ lastSyncTime: T2, lastSyncedCommit: COMMIT });
  });

  test.each(["spec-invalid", "account-invalid", "cluster-too-old"] as const)(
    "%s: stalled, with the same words",
    code => {
      const status = after(report({ looked: false, fault: { code, message: "no" } }));
      expect(condition(status, "Stalled")).toMatchObject({
        status: "True",
        reason: condition(status, "Ready")?.reason,
        message: condition(status, "Ready")?.message,
      });
    },
  );

  test("a message that is very long: cut, as the API server wants it", () => {
    const status = after(report({ failed: [failure("a", "x".repeat(40_000))] }));
    expect(condition(status, "Ready")?.message).toHaveLength(4_096);
  });
});

describe("times", () => {
  test("lastTransitionTime: moves when the status flips, and only then", () => {
    const times = (...reports: readonly Report[]) =>
      condition(after(...reports), "Ready")?.lastTransitionTime;
    expect(times(good, { ...good, commit: NEXT })).toBe(T1);
    expect(times(broken, unreachable)).toBe(T1);
    expect(times(good, broken)).toBe(T2);
    expect(times(broken, good)).toBe(T2);
  });

  test("lastSyncTime: not for a sync that changed nothing", () => {
    expect(after(good, report()).lastSyncTime).toBe(T1);
  });

  test("a new commit that writes nothing: it was applied, so lastSyncTime moves", () => {
    expect(after(good, report({ commit: NEXT })).lastSyncTime).toBe(T2);
  });

  test("the clock was set back: lastSyncTime does not move back", () => {
    const previous = statusAfter(good, context({ now: T2 }));
    expect(
      statusAfter({ ...good, commit: NEXT }, context({ previous, now: T1 })).lastSyncTime,
    ).toBe(T2);
  });
});

test("sync-at: answered by good and bad syncs, and not forgotten by later ones", () => {
  const asked = statusAfter(broken, context({ syncAt: "one" }));
  expect(asked.lastHandledSyncAt).toBe("one");
  expect(statusAfter(good, context({ previous: asked })).lastHandledSyncAt).toBe("one");
});

describe("a status during a sync", () => {
  test("before the first one: Initializing, nothing observed, Ready unknown", () => {
    const status = statusBefore(context());
    expect(status.phase).toBe("Initializing");
    expect(status).not.toHaveProperty("observedGeneration");
    expect(status.conditions).toMatchObject([
      { type: "Ready", status: "Unknown", reason: "Progressing" },
      { type: "Reconciling", status: "True", reason: "Progressing" },
    ]);
  });

  test("a commit is worked on: Ready as it was, observedGeneration too, the commit is named", () => {
    const previous = after(good);
    const status = statusDuring(NEXT, context({ previous, generation: 2, now: T2 }));
    expect(status).toMatchObject({
      phase: "Syncing",
      observedGeneration: 1,
      lastAttemptedCommit: NEXT,
      lastSyncedCommit: COMMIT,
    });
    expect(condition(status, "Ready")).toEqual(condition(previous, "Ready"));
    expect(condition(status, "Reconciling")).toMatchObject({
      message: "Applying commit 999999999999 of main",
      observedGeneration: 2,
      lastTransitionTime: T2,
    });
  });

  test("it ends: no longer Reconciling", () => {
    const previous = statusDuring(COMMIT, context());
    expect(statusAfter(good, context({ previous })).conditions?.map(({ type }) => type)).toEqual([
      "Ready",
    ]);
    expect(statusAfter(broken, context({ previous })).conditions?.map(({ type }) => type)).toEqual([
      "Ready",
    ]);
  });

  test("kinds: added to what is known, or the first thing that is", () => {
    expect(statusAhead({}, { kinds: ["v1/Secret"], pending: [] }).resources).toEqual({
      total: 0,
      kinds: ["v1/Secret"],
      orphanCount: 0,
      orphans: [],
    });
    const more = ["v1/ConfigMap", "v1/Secret"];
    expect(statusAhead(after(good), { kinds: more, pending: [] }).resources).toMatchObject({
      total: 1,
      kinds: more,
    });
  });
});

describe("quiet", () => {
  const key = fc.constantFrom("a", "b", "c").map(name => named(name).key);
  const keys = fc.array(key, { maxLength: 3 });
  const anyReport: fc.Arbitrary<Report> = fc
    .record({
      failed: fc.array(
        fc.constantFrom("a", "b").map(name => failure(name)),
        { maxLength: 2 },
      ),
      held: keys,
      orphans: keys.map(all => all.map(refTo)),
      adopted: keys,
      commit: fc.constantFrom(COMMIT, NEXT),
      notices: fc.array(fc.constant("Left out x"), { maxLength: 1 }),
    })
    .map(change => report(change));

  test(
    "law: the same report again, at any later time, changes nothing",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(fc.array(anyReport, { maxLength: 3 }), anyReport, (before, last) => {
          const once = after(...before, last);
          const twice = statusAfter(last, context({ previous: once, now: "2027-01-01T00:00:00Z" }));
          expect(sameStatus(once, twice)).toBe(true);
        }),
      );
    },
  );

  test(
    "law: observedGeneration is that of the sync, whatever came of it",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(anyReport, fc.nat(), (one, generation) => {
          expect(statusAfter(one, context({ generation })).observedGeneration).toBe(generation);
        }),
      );
    },
  );

  test("the same, whatever the order of fields; another value, or one more field: not the same", () => {
    const status = after(good);
    const turned = Object.fromEntries(Object.entries(status).reverse()) as RepositoryStatus;
    expect(sameStatus(status, turned)).toBe(true);
    expect(sameStatus(status, { ...status, phase: "Failed" })).toBe(false);
    expect(sameStatus(status, { ...status, pending: [] })).toBe(false);
    expect(sameStatus({}, {})).toBe(true);
  });
});
