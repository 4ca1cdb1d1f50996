/** The oracle itself: of each sort of violation one is planted, and found; where nothing is wrong it finds nothing. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import type { AuditedWrite, DriftRecord, Facts, Protection, RecordedEdit } from "./facts";
import { judge } from "./oracle";

const nopea = "system:serviceaccount:pepr-system:pepr-nopea";
const key = "configmaps/shop/settings";
const path = ["data", "one"];
const start = Date.parse("2026-01-15T03:00:00Z");

/** An object as it was at a revision. */
const settings = (one: string, revision: number, stamp = "[]"): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: {
    namespace: "shop",
    name: "settings",
    resourceVersion: String(revision),
    annotations: { "nopea.io/manual-edit": stamp },
  },
  data: { one },
});

/** A write of the ConfigMap, so many seconds after the start as its revision says. */
const write = (
  user: string,
  one: string,
  revision: number,
  more: Partial<AuditedWrite> = {},
): AuditedWrite => ({
  at: start + revision * 1_000,
  user,
  verb: "patch",
  resource: "configmaps",
  namespace: "shop",
  name: "settings",
  code: 200,
  isDryRun: false,
  response: settings(one, revision, user === nopea ? "[]" : `[{"by":"${user}","to":"${one}"}]`),
  ...more,
});

const told = (by: string, to: string, revision: number, verb = "UPDATE"): RecordedEdit => ({
  by,
  at: new Date(start + revision * 1_000).toISOString(),
  verb,
  changes: [{ path: "data.one", to }],
});

const record = (edits: readonly RecordedEdit[], state = "closed"): DriftRecord => ({
  apiVersion: "nopea.false.systems/v1alpha1",
  kind: "DriftRecord",
  metadata: { namespace: "shop", name: "01kf" },
  spec: { repository: "app", object: { kind: "ConfigMap", namespace: "shop", name: "settings" } },
  status: { state, decision: "healed", since: "", edits },
});

/** larry sets it, nopea heals it and tells of it: nothing is wrong. */
const healed: Facts = {
  nopea,
  declared: new Set([key]),
  fields: [{ object: key, path, git: "git-1", allowed: ["git-1"] }],
  protections: [],
  authors: new Map([["larry-1", "larry"]]),
  live: new Map([[key, settings("git-1", 3)]]),
  records: [record([told("larry", "larry-1", 2)])],
  repositories: [
    { namespace: "shop", head: "c1", phase: "Synced", lastSyncedCommit: "c1", driftCount: 0 },
  ],
  writes: [write("larry", "larry-1", 2), write(nopea, "git-1", 3)],
};

/** The same where the hotfix is protected, and still there. */
const protection: Protection = { object: key, path, value: "larry-1", why: "manual", from: 2 };
const kept: Facts = {
  ...healed,
  fields: [{ object: key, path, git: "git-1", allowed: ["larry-1"] }],
  protections: [protection],
  live: new Map([[key, settings("larry-1", 2)]]),
  records: [record([told("larry", "larry-1", 2)], "open")],
  repositories: healed.repositories.map(repository => ({ ...repository, driftCount: 1 })),
  writes: [write("larry", "larry-1", 2)],
};

const sorts = (facts: Facts) => judge(facts).map(({ sort }) => sort);

describe("an oracle over a round in which all is as it should be", () => {
  it("an edit that is healed and told of: nothing is found", () => {
    expect(judge(healed)).toEqual([]);
  });

  it("a hotfix that is protected and there: nothing is found", () => {
    expect(judge(kept)).toEqual([]);
  });

  it("nopea's own books, dry runs, and what other accounts do elsewhere: nothing is found", () => {
    const elsewhere = { resource: "secrets", namespace: "other", name: "x" };
    const writes = [
      ...healed.writes,
      write(nopea, "", 4, { resource: "driftrecords/status", name: "01kf" }),
      write(nopea, "", 4, { ...elsewhere, isDryRun: true }),
      write("ann", "", 4, elsewhere),
    ];
    expect(judge({ ...healed, writes })).toEqual([]);
  });

  it("a controller that still carries out the same value of the round before: nothing is found", () => {
    const before = write("system:serviceaccount:kube-system:deployment-controller", "larry-1", 1);
    const writes = [{ ...before, namespace: "round-before" }, ...healed.writes];
    expect(judge({ ...healed, writes })).toEqual([]);
  });

  it("a controller that carries out an edit and is answered before whoever made it: nothing is found", () => {
    const [edit, heal] = healed.writes as readonly [AuditedWrite, AuditedWrite];
    const carried = { ...edit, user: "system:serviceaccount:kube-system:deployment-controller" };
    const response = settings("larry-1", 2.5);
    expect(judge({ ...healed, writes: [{ ...carried, response }, edit, heal] })).toEqual([]);
  });
});

describe("values", () => {
  it("an edit that was not healed: a missing heal", () => {
    const live = new Map([[key, settings("larry-1", 2)]]);
    expect(sorts({ ...healed, live })).toEqual(["missing heal"]);
  });

  it("an object that is not there: a missing heal", () => {
    expect(sorts({ ...healed, live: new Map([[key, undefined]]) })).toEqual(["missing heal"]);
  });

  it("an old value of Git's: a strange value", () => {
    const live = new Map([[key, settings("git-0", 3)]]);
    expect(sorts({ ...healed, live })).toEqual(["strange value"]);
  });

  it("a protected hotfix that is gone in the end: a lost hotfix", () => {
    const live = new Map([[key, settings("git-1", 3)]]);
    expect(sorts({ ...kept, live })).toContain("lost hotfix");
  });

  it("a protected hotfix that was overwritten and put back: overwritten while protected", () => {
    const writes = [...kept.writes, write(nopea, "git-1", 3)];
    expect(sorts({ ...kept, writes })).toEqual(["overwritten while protected"]);
  });

  it("overwritten after the protection has ended, by revision or by time: nothing is found", () => {
    const writes = [...kept.writes, write(nopea, "git-1", 3)];
    const ended = { ...kept, writes, protections: [{ ...protection, until: 2 }] };
    const late = { ...kept, writes, protections: [{ ...protection, untilTime: start + 2_500 }] };
    expect(judge(ended)).toEqual([]);
    expect(judge(late)).toEqual([]);
  });

  it("overwritten within a grace period: overwritten while protected", () => {
    const within = { ...protection, untilTime: start + 3_500 };
    const writes = [...kept.writes, write(nopea, "git-1", 3)];
    expect(sorts({ ...kept, writes, protections: [within] })).toEqual([
      "overwritten while protected",
    ]);
  });
});

describe("DriftRecords beside the audit log", () => {
  it("somebody else's name: a wrong name", () => {
    const records = [record([told("ann", "larry-1", 2)])];
    expect(sorts({ ...healed, records })).toContain("wrong name");
  });

  it("the name of somebody who has written it at another time: a wrong name", () => {
    const records = [record([told("larry", "larry-1", 2), told("ann", "other", 200)])];
    const writes = [...healed.writes, write("ann", "git-1", 4)];
    expect(sorts({ ...healed, records, writes })).toEqual(["wrong name"]);
  });

  it("a deletion by somebody who has only edited: a wrong name", () => {
    const deletion = { by: "larry", at: told("larry", "", 2).at, verb: "DELETE" };
    const records = [...healed.records, record([deletion])];
    expect(sorts({ ...healed, records })).toEqual(["wrong name"]);
  });

  it("unknown where the hook has stamped the write: a name that is not told, and an edit", () => {
    const records = [record([told("unknown", "larry-1", 2)])];
    expect(sorts({ ...healed, records })).toEqual(["name not told", "edit not told"]);
  });

  it("unknown where the hook was away: nothing is found", () => {
    const records = [record([told("unknown", "larry-1", 2)])];
    const writes = [
      write("larry", "larry-1", 2, { response: settings("larry-1", 2) }),
      write(nopea, "git-1", 3),
    ];
    expect(judge({ ...healed, records, writes })).toEqual([]);
  });

  it("no record of an edit: an edit that is not told; excused where nopea was killed", () => {
    expect(sorts({ ...healed, records: [] })).toEqual(["edit not told"]);
    expect(judge({ ...healed, records: [], mayMissRecords: true })).toEqual([]);
  });

  it("no record of an edit that others have pushed off the object: nothing is found", () => {
    const values = ["a", "b", "c", "d", "e"];
    const writes = [...healed.writes, ...values.map((value, at) => write("ann", value, 4 + at))];
    const authors = new Map([...healed.authors, ...values.map(value => [value, "ann"] as const)]);
    const records = [record(values.map((value, at) => told("ann", value, 4 + at)))];
    expect(judge({ ...healed, writes, authors, records })).toEqual([]);
    const fewer = writes.slice(0, -1);
    expect(sorts({ ...healed, writes: fewer, authors, records })).toContain("edit not told");
  });

  it("an open record of an object that is as in Git: open for ever", () => {
    const records = [record([told("larry", "larry-1", 2)], "open")];
    const repositories = kept.repositories;
    expect(sorts({ ...healed, records, repositories })).toEqual(["open for ever"]);
  });
});

describe("nopea's writes and statuses", () => {
  it("of an object that nobody has declared: an unexplained write", () => {
    const writes = [...healed.writes, write(nopea, "", 4, { name: "other" })];
    expect(sorts({ ...healed, writes })).toEqual(["unexplained write"]);
  });

  it("a deletion of what is declared: an unexplained write", () => {
    const writes = [...healed.writes, write(nopea, "", 4, { verb: "delete" })];
    expect(sorts({ ...healed, writes })).toEqual(["unexplained write"]);
  });

  it("another phase, another commit, another count of drift: three times the status", () => {
    const status = { phase: "Failed", lastSyncedCommit: "c0", driftCount: 3 };
    const repositories = healed.repositories.map(repository => ({ ...repository, ...status }));
    expect(sorts({ ...healed, repositories })).toEqual(["status", "status", "status"]);
  });
});
