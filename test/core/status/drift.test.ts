/** What a status says of edits by hand: lists, counts, pending commits, and the condition Drifted. */
import { describe, expect, test } from "vitest";
import { summariseFault } from "../../../src/core/report/summarise";
import { statusAfter, type StatusContext } from "../../../src/core/status/status";
import { statusDuring, statusSuspended } from "../../../src/core/status/progress";
import type { RepositoryStatus } from "../../../src/model/git-repository";
import type { Report } from "../../../src/model/report";
import { COMMIT, named, report } from "../../support/examples";
import { episode } from "../../support/episodes";

const NOW = "2026-01-15T10:40:00Z";
const SINCE = "2026-01-15T10:30:00Z";
const API = "Deployment.apps/shop/api";
const fault = { code: "git-unreachable", message: "down" } as const;

function rfc3339(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

function context(previous: RepositoryStatus = {}): StatusContext {
  return { previous, generation: 1, now: NOW, branch: "main", rfc3339 };
}

function after(change: Partial<Report>, previous?: RepositoryStatus): RepositoryStatus {
  return statusAfter(report(change), context(previous));
}

function drifted(status: RepositoryStatus): string {
  const found = status.conditions?.find(({ type }) => type === "Drifted");
  return found === undefined ? "none" : `${found.status} ${found.reason}: ${found.message}`;
}

const open = episode("01a");
const start = open.since;

describe("the lists", () => {
  test("nothing drifted or suspended: a count of 0 and no lists", () => {
    const status = after({});
    expect(status.driftCount).toBe(0);
    expect(status).not.toHaveProperty("drift");
    expect(status).not.toHaveProperty("suspended");
    expect(drifted(status)).toBe("none");
  });

  test("an open episode: everything that the contract names, the end rounded up", () => {
    expect(after({ drift: [{ ...open, until: start + 1 }] }).drift).toEqual([
      {
        object: API,
        class: "manual_drift",
        fields: ["spec.replicas"],
        who: "unknown",
        since: SINCE,
        decision: "waiting",
        until: "2026-01-15T10:30:01Z",
        record: "01a",
      },
    ]);
  });

  test("more than twenty: the newest are listed, all are counted", () => {
    const many = Array.from({ length: 25 }, (_, at) =>
      episode(`${at}`, { since: start + at * 1000 }),
    );
    const { drift = [], driftCount } = after({ drift: many });
    expect(driftCount).toBe(25);
    expect(drift.map(({ record }) => record)).toEqual(
      Array.from({ length: 20 }, (_, at) => `${24 - at}`),
    );
  });

  test("a suspended object: since when, until when, why", () => {
    const { key } = named("a");
    const object = { key, apiVersion: "v1", uid: "u" };
    const suspended = [{ ...object, at: start, until: start + 1, reason: "INC-4711" }];
    expect(after({ suspended }).suspended).toEqual([
      {
        object: "ConfigMap/shop/a",
        by: "unknown",
        at: SINCE,
        until: "2026-01-15T10:30:01Z",
        reason: "INC-4711",
      },
    ]);
  });

  test("a conflict that is left: what Git wants is pending as held; an edit that is left is not", () => {
    const conflict = episode("01b", { decision: "left", conflicts: ["spec.replicas"] });
    const edit = episode("01c", { decision: "left" });
    expect(after({ drift: [edit] }).pending).toBeUndefined();
    expect(after({ drift: [conflict] }).pending).toEqual([
      { object: API, commit: COMMIT, because: "held" },
    ]);
  });
});

describe("the condition Drifted", () => {
  test("an edit: True, with object, field, decision and reason; Ready stays True", () => {
    const status = after({ drift: [open] });
    expect(drifted(status)).toBe(
      `True ManualDrift: ${API}: spec.replicas (waiting: grace period of 5m)`,
    );
    expect(status.conditions?.[0]).toMatchObject({ type: "Ready", status: "True" });
  });

  test("a conflict among edits: says Conflict", () => {
    const conflict = episode("01b", { class: "conflict" });
    expect(drifted(after({ drift: [open, conflict] }))).toMatch(/^True Conflict: /);
  });

  test("a deletion: says so, where there are no fields", () => {
    expect(drifted(after({ drift: [{ ...open, fields: [] }] }))).toContain("deleted or made anew");
  });

  test("more than three objects: the rest is counted", () => {
    const many = Array.from({ length: 5 }, (_, at) => episode(`${at}`));
    expect(drifted(after({ drift: many }))).toMatch(/and 2 more$/);
  });

  test("a fight while nothing is open: True Fight, with its sentence", () => {
    expect(drifted(after({ fights: ["x was healed 6 times"] }))).toBe(
      "True Fight: x was healed 6 times",
    );
  });

  test("over: the condition goes", () => {
    expect(drifted(after({}, after({ drift: [open] })))).toBe("none");
  });

  test("a sync that could not look, one that begins, spec.suspend: it stays as it was", () => {
    const before = after({ drift: [open] });
    const blind = statusAfter(summariseFault("1", COMMIT, fault), context(before));
    expect(drifted(blind)).toBe(drifted(before));
    expect(blind.drift).toEqual(before.drift);
    expect(drifted(statusDuring(COMMIT, context(before)))).toBe(drifted(before));
    expect(drifted(statusSuspended(context(before)))).toBe(drifted(before));
  });

  test("healing goes on while Git is away: the cause stays in Ready, the drift is told", () => {
    const status = after({ fault, drift: [open] });
    expect(status.phase).toBe("Failed");
    expect(drifted(status)).toMatch(/^True ManualDrift/);
  });
});
