/** How an episode begins, goes on and ends. */
import { describe, expect, test } from "vitest";
import { nextEpisode } from "../../../src/core/heal/next-episode";
import type { DriftClass } from "../../../src/model/drift";
import type { Edit, Episode } from "../../../src/model/episode";
import { parsePath } from "../../../src/model/field-path";
import type { DriftVerdict, FieldVerdict, Hold, Verdict } from "../../../src/model/verdict";
import { applied, COMMIT, desired, live, update } from "../../support/examples";

const T0 = 1_768_473_000_000;
const MINUTE = 60_000;
const fault = { code: "object-refused", message: "too big" } as const;
type Finding = Parameters<typeof nextEpisode>[1];

function field(hold?: Hold, path = "data.a", of: DriftClass = "manual_drift"): FieldVerdict {
  const drift = { class: of, path, from: "1", to: "2" };
  return { drift, path: parsePath(path) ?? [], ...(hold === undefined ? {} : { hold }) };
}

function keep(drift?: DriftVerdict): Verdict {
  const kept = { action: "keep", desired: desired(), live: live() } as const;
  return drift === undefined ? kept : { ...kept, drift };
}

const write = (...fields: readonly FieldVerdict[]): Verdict => ({ ...update(), drift: { fields } });

function edit(id: string, at = T0): Edit {
  return { id, by: "unknown", at, verb: "UPDATE", source: "inferred", changes: [] };
}

function next(before: Episode | undefined, change: Partial<Finding>): Episode | undefined {
  return nextEpisode(before, {
    key: desired().key,
    apiVersion: "v1",
    uid: "uid-1",
    verdict: keep(),
    outcome: undefined,
    isHealing: false,
    differs: false,
    edits: [],
    detectedAt: T0,
    commit: COMMIT,
    now: T0 + 1,
    reasons: {
      suspended: "why suspended",
      ignored: "why ignored",
      autoscaled: "why autoscaled",
      conflict: "why conflict",
      policy: "why policy",
      grace: "why grace",
      fight: "why fight",
    },
    nameOf: (uid, since) => `${uid}@${since}`,
    ...change,
  });
}

function opened(hold: Hold = "grace", more: Partial<DriftVerdict> = {}): Episode {
  const until = hold === "grace" || hold === "fight" ? { until: T0 + MINUTE } : {};
  const verdict = keep({ fields: [field(hold)], ...until, ...more });
  const episode = next(undefined, { verdict, differs: true, edits: [edit("1")] });
  if (episode === undefined) throw new Error("no episode");
  return episode;
}

describe("an episode begins", () => {
  test("no drift: none", () => {
    expect(next(undefined, {})).toBeUndefined();
  });

  test.each<[string, FieldVerdict]>([
    ["Git's own change", field(undefined, "data.a", "git_change")],
    ["what is ignored", field("ignored")],
    ["what an autoscaler set", field("autoscaled")],
  ])("%s: none", (_, one) => {
    expect(next(undefined, { verdict: keep({ fields: [one] }) })).toBeUndefined();
  });

  test.each<[Hold, string]>([
    ["grace", "waiting"],
    ["fight", "waiting"],
    ["policy", "left"],
    ["conflict", "left"],
    ["suspended", "suspended"],
  ])("held by %s: %s, with its reason, named by uid and start", (hold, decision) => {
    expect(opened(hold)).toMatchObject({
      record: `uid-1@${T0}`,
      since: T0,
      decision,
      decisionAt: T0 + 1,
      reason: `why ${hold}`,
      fields: ["data.a"],
      commit: COMMIT,
      edits: [{ id: "1" }],
    });
  });

  test("waiting: until when; left: until nobody knows when, the end of the grace is kept", () => {
    const ends = { until: T0 + MINUTE, graceUntil: T0 + MINUTE };
    expect(opened("grace", ends)).toMatchObject(ends);
    expect(opened("policy", ends)).not.toHaveProperty("until");
    expect(opened("policy", ends).graceUntil).toBe(T0 + MINUTE);
  });

  test("the rest of a commit lands around it: still waiting, until when it was", () => {
    const fields = [field("grace"), field(undefined, "data.b", "git_change")];
    const verdict: Verdict = { ...update(), drift: { fields, until: T0 + MINUTE } };
    const episode = next(opened("grace", { until: T0 + MINUTE }), { verdict, outcome: applied() });
    expect(episode).toMatchObject({ decision: "waiting", until: T0 + MINUTE, fields: ["data.a"] });
  });

  test("healed at once: closed as it begins", () => {
    const healed = next(undefined, { verdict: write(field()), outcome: applied() });
    expect(healed).toMatchObject({ decision: "healed", fields: ["data.a"] });
  });

  test("refused by the API server: failed, with its words", () => {
    const outcome = { result: "failed", desired: desired(), fault } as const;
    expect(next(undefined, { verdict: write(field()), outcome })).toMatchObject({
      decision: "failed",
      reason: "too big",
    });
  });

  test("deleted by hand: open without fields", () => {
    const verdict = keep({ fields: [], whole: "deleted", hold: "policy" });
    expect(next(undefined, { verdict })).toMatchObject({ decision: "left", fields: [] });
  });

  test("one field in conflict: the episode is one", () => {
    const fields = [field("grace"), field("conflict", "data.b", "conflict")];
    expect(next(undefined, { verdict: keep({ fields }) })).toMatchObject({
      class: "conflict",
      conflicts: ["data.b"],
      fields: ["data.a", "data.b"],
      decision: "waiting",
    });
  });
});

describe("an open episode", () => {
  test("another edit: the same start and name; the newest five edits are kept", () => {
    const verdict = keep({ fields: [field("grace"), field("grace", "data.b")] });
    const more = ["2", "3", "4", "5", "6"].map(id => edit(id));
    const episode = next(opened(), { verdict, edits: more, detectedAt: T0 + MINUTE });
    expect(episode).toMatchObject({ since: T0, record: `uid-1@${T0}`, repeats: 0 });
    expect(episode?.fields).toEqual(["data.a", "data.b"]);
    expect(episode?.edits.map(({ id }) => id)).toEqual(["2", "3", "4", "5", "6"]);
  });

  test("the same decision: of when it was made first; another: of now", () => {
    const later = { now: T0 + MINUTE };
    const same = next(opened(), { verdict: keep({ fields: [field("grace")] }), ...later });
    expect(same?.decisionAt).toBe(T0 + 1);
    const other = next(opened(), { verdict: keep({ fields: [field("policy")] }), ...later });
    expect(other).toMatchObject({ decision: "left", decisionAt: T0 + MINUTE });
  });

  test("written: healed; nothing to wait for is left in it", () => {
    const before = opened("grace", { until: T0 + MINUTE, graceUntil: T0 + MINUTE });
    const episode = next(before, { verdict: write(field()), outcome: applied(), now: T0 + MINUTE });
    expect(episode).toMatchObject({ decision: "healed", decisionAt: T0 + MINUTE, since: T0 });
    expect(episode).not.toHaveProperty("until");
    expect(episode).not.toHaveProperty("graceUntil");
  });

  test("about to be healed: waiting for nothing; healed when the answer comes", () => {
    const before = next(opened("policy"), {
      verdict: write(field()),
      isHealing: true,
      differs: true,
    });
    expect(before).toMatchObject({
      decision: "waiting",
      reason: "Git's values are being put back",
    });
    expect(before?.until).toBeUndefined();
    const after = next(before, { verdict: write(field()), outcome: applied(), differs: true });
    expect(after?.decision).toBe("healed");
  });

  test("about to be healed when the process ended: healed, unless a hand was quicker or Git followed", () => {
    const before = next(undefined, {
      verdict: write(field()),
      isHealing: true,
      edits: [edit("1")],
    });
    expect(next(before, {})?.decision).toBe("healed");
    const unchanged = { ...applied(), changed: false } as const;
    expect(next(before, { outcome: unchanged })?.decision).toBe("healed");
    expect(next(before, { outcome: applied() })?.decision).toBe("undone");
    expect(next(before, { differs: true })?.decision).toBe("committed");
  });

  test("Git takes the value over: committed; a hand puts it back: undone", () => {
    expect(next(opened(), { differs: true })?.decision).toBe("committed");
    expect(next(opened(), { differs: false })?.decision).toBe("undone");
  });

  test("applied at a commit that its episode knows nothing of: committed by a process that ended; at an older one, or its own: undone", () => {
    const commit = "b".repeat(40);
    expect(next(opened(), { commit, appliedCommit: commit })?.decision).toBe("committed");
    expect(next(opened(), { commit, appliedCommit: COMMIT })?.decision).toBe("undone");
    expect(next(opened(), { appliedCommit: COMMIT })?.decision).toBe("undone");
    expect(next(opened(), { commit, appliedCommit: undefined })?.decision).toBe("undone");
  });

  test.each([
    ["wait", "kind-unavailable"],
    ["wait", "namespace-not-found"],
    ["wait", "object-terminating"],
    ["refuse", "owned-by-another"],
  ] as const)("%s for %s, so nobody could look: it stays as it is", (action, code) => {
    const before = opened();
    const verdict: Verdict = { action, desired: desired(), fault: { code, message: "no" } };
    expect(next(before, { verdict })).toBe(before);
  });

  test("too early to try again what was refused: failed, with the words of the refusal", () => {
    const drift = { fields: [field()] };
    const verdict: Verdict = { action: "wait", desired: desired(), fault, drift };
    expect(next(opened(), { verdict })).toMatchObject({ decision: "failed", reason: "too big" });
  });
});

test("a closed one is repeated: counted, with the new edit behind the old ones", () => {
  const closed = next(opened(), { verdict: write(field()), outcome: applied() });
  const again = next(closed, { verdict: keep({ fields: [field("fight")] }), edits: [edit("2")] });
  expect(again).toMatchObject({ repeats: 1, decision: "waiting", since: T0 });
  expect(again?.edits.map(({ id }) => id)).toEqual(["1", "2"]);
});
