/** From verdicts and outcomes to the report: everything is told once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  resultOf,
  summarise,
  summariseFault,
  type Summary,
  type Told,
} from "../../../src/core/report/summarise";
import { formatKey } from "../../../src/model/object-key";
import type { StepOutcome } from "../../../src/model/outcome";
import type { Report } from "../../../src/model/report";
import type { Verdict } from "../../../src/model/verdict";
import { adopt, applied, COMMIT, desired, live, named, update } from "../../support/examples";

const fault = { code: "object-refused", message: "too big" } as const;
const one = desired();

function summaryOf(change: Partial<Summary>): Report {
  return summarise({
    id: "1",
    commit: COMMIT,
    told: new Map(),
    walked: new Set(),
    unknown: [],
    orphans: [],
    pruned: [],
    unpruned: [],
    notGone: [],
    kinds: [],
    notices: [],
    drift: [],
    suspended: [],
    autoscaled: [],
    isWhole: true,
    fights: [],
    writes: 0,
    ...change,
  });
}

/** The report of a sync that was about these objects. */
function reportOn(...results: readonly Told[]): Report {
  const told = new Map(results.map(result => [formatKey(result.desired.key), result]));
  return summaryOf({ told, walked: new Set(told.keys()) });
}

/** Which lists name the object. */
function lists(verdict: Verdict, outcome?: StepOutcome): readonly string[] {
  const { failed, created, updated, adopted, held } = reportOn(resultOf(verdict, outcome));
  return [
    ...failed.map(({ fault: { code } }) => `failed ${code}`),
    ...created.map(() => "created"),
    ...updated.map(() => "updated"),
    ...adopted.map(() => "adopted"),
    ...held.map(() => "held"),
  ];
}

const create: Verdict = { action: "create", desired: one };
const release: Verdict = { action: "release", desired: one, live: live() };

describe("an object", () => {
  test.each<[string, Verdict, StepOutcome | undefined, readonly string[]]>([
    ["kept", { action: "keep", desired: one, live: live() }, undefined, []],
    ["held", { action: "hold", desired: one, live: live() }, undefined, ["held"]],
    ["waited for", { action: "wait", desired: one, fault }, undefined, ["failed object-refused"]],
    ["refused", { action: "refuse", desired: one, fault }, undefined, ["failed object-refused"]],
    ["created", create, applied(true, true), ["created"]],
    ["to be created, and there meanwhile", create, applied(false, true), ["updated"]],
    ["updated", update(), applied(false, true), ["updated"]],
    ["updated to what it was", update(), applied(false, false), []],
    ["adopted", adopt(), applied(false, true), ["adopted"]],
    ["adopted as it was", adopt(), applied(false, false), ["adopted"]],
    [
      "not accepted",
      update(),
      { result: "failed", desired: one, fault },
      ["failed object-refused"],
    ],
    [
      "moving all the time",
      update(),
      { result: "stale", desired: one },
      ["failed object-contested"],
    ],
    [
      "contested to the end",
      create,
      { result: "contested", desired: one, managers: ["kubectl"] },
      ["failed object-contested"],
    ],
    ["without an outcome", update(), undefined, ["failed object-contested"]],
    ["released to the end", release, undefined, ["failed object-contested"]],
  ])("%s: told in one list at most", (_, verdict, outcome, expected) => {
    expect(lists(verdict, outcome)).toEqual(expected);
  });
});

test("a failed object: with the file and line that declare it", () => {
  const { failed } = reportOn(resultOf({ action: "wait", desired: one, fault }, undefined));
  expect(failed).toEqual([{ key: one.key, source: "deploy/settings.yaml:3", fault }]);
});

test("a kind that nobody serves: failed, counted, named with its own namespace", () => {
  const metadata = { name: "w", namespace: "own" };
  const manifest = { apiVersion: "example.com/v1", kind: "Widget", metadata };
  const report = summaryOf({ unknown: [{ manifest, source: { file: "w.yaml", line: 1 } }] });
  expect(report).toMatchObject({ total: 1, looked: true });
  expect(report.failed).toEqual([
    {
      key: { group: "example.com", kind: "Widget", namespace: "own", name: "w" },
      source: "w.yaml:1",
      fault: {
        code: "kind-not-found",
        message: "the cluster serves no Widget of example.com/v1",
      },
    },
  ]);
});

test("a kind whose server is away: failed with the reason of that", () => {
  const metadata = { name: "w" };
  const manifest = { apiVersion: "example.com/v1", kind: "Widget", metadata };
  const away = { code: "kind-unavailable", message: "GET /apis/example.com/v1: 503" } as const;
  const source = { file: "w.yaml", line: 1 };
  const report = summaryOf({ unknown: [{ manifest, source, fault: away }] });
  expect(report.failed).toMatchObject([{ source: "w.yaml:1", fault: away }]);
});

test("what an earlier walk wrote: not told again; what fails and what is held still is", () => {
  const results: readonly Told[] = [
    { result: "created", desired: named("c") },
    { result: "updated", desired: named("u") },
    { result: "adopted", desired: named("a") },
    { result: "held", desired: named("h") },
    { result: "failed", desired: named("f"), fault },
  ];
  const told = new Map(results.map(result => [formatKey(result.desired.key), result]));
  const report = summaryOf({ told, walked: new Set([formatKey(named("u").key)]) });
  expect(report).toMatchObject({ created: [], adopted: [], total: 5 });
  expect(report.updated).toEqual([named("u").key]);
  expect(report.held).toEqual([named("h").key]);
  expect(report.failed).toMatchObject([{ key: named("f").key, fault }]);
});

test("a sync that ended early: only its fault, and its commit where one is known", () => {
  expect(summariseFault("1", COMMIT, fault)).toMatchObject({
    commit: COMMIT,
    fault,
    looked: false,
  });
  expect(summariseFault("1", undefined, fault)).not.toHaveProperty("commit");
});

test(
  "law: every object is in one list at most, and in none only when nothing was to be told",
  { timeout: 60_000 },
  () => {
    const result = fc.constantFrom<StepOutcome["result"] | "none">(
      "applied",
      "failed",
      "stale",
      "contested",
      "none",
    );
    const action = fc.constantFrom<Verdict["action"]>(
      "create",
      "update",
      "adopt",
      "keep",
      "hold",
      "wait",
      "refuse",
      "release",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(action, result, fc.boolean()), { maxLength: 8 }), cases => {
        const wanted = cases.map((_, index) => named(`c${index}`));
        const verdicts = cases.map(([what], index) => {
          const it = wanted[index] ?? one;
          return { ...update({ desired: it }), action: what, fault };
        });
        const outcomes = new Map<string, StepOutcome>();
        for (const [index, [, what, flag]] of cases.entries()) {
          const it = wanted[index] ?? one;
          const outcome = { result: what, desired: it, created: flag, changed: flag, fault };
          if (what !== "none") outcomes.set(formatKey(it.key), outcome as unknown as StepOutcome);
        }
        const report = reportOn(
          ...verdicts.map(verdict =>
            resultOf(verdict, outcomes.get(formatKey(verdict.desired.key))),
          ),
        );
        const told = [
          ...report.failed.map(({ key }) => key),
          ...report.created,
          ...report.updated,
          ...report.adopted,
          ...report.held,
        ].map(formatKey);
        expect(new Set(told).size).toBe(told.length);
        expect(report.total).toBe(cases.length);
      }),
    );
  },
);
