/** When a repository is looked at again, and how long what failed is left alone. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoff } from "../../../src/core/sync/backoff";
import { failedBefore, remember, type Failures } from "../../../src/core/sync/failures";
import { paceAfter, type Pacing } from "../../../src/core/sync/pace";
import type { ErrorCode } from "../../../src/model/errors";
import type { StepOutcome } from "../../../src/model/outcome";
import type { FailedObject } from "../../../src/model/report";
import { applied, desired, named, report } from "../../support/examples";

const NOW = 1_000_000_000;
const MINUTE = 60_000;
const INTERVAL = 5 * MINUTE;

function failed(code: ErrorCode, name = "settings"): FailedObject {
  const { key } = named(name);
  return { key, source: "a.yaml:1", fault: { code, message: "no" } };
}

function pace(change: Partial<Pacing>) {
  const { wakeAt, walkAt } = paceAfter({
    report: report(),
    failures: new Map(),
    failed: 1,
    intervalMs: INTERVAL,
    now: NOW,
    ...change,
  });
  return { wake: wakeAt - NOW, walk: walkAt - NOW };
}

function faulted(code: ErrorCode) {
  return report({ fault: { code, message: "no" } });
}

describe("back-off", () => {
  test("5, 10, 20, 40, then 60 s each", () => {
    expect([1, 2, 3, 4, 5, 6, 100].map(backoff)).toEqual(
      [5, 10, 20, 40, 60, 60, 60].map(seconds => seconds * 1_000),
    );
  });

  test("nonsense: as after the first failure", () => {
    expect([0, -1].map(backoff)).toEqual([5_000, 5_000]);
  });
});

describe("after a sync", () => {
  test("all is well: Git at the interval, no walk without a reason", () => {
    expect(pace({ failed: 0 })).toEqual({ wake: INTERVAL, walk: Infinity });
  });

  test.each<[ErrorCode, number, number]>([
    ["manifest-invalid", 1, Infinity],
    ["spec-invalid", 3, Infinity],
  ])("%s, %d times: nothing before something changed, but Git is asked", (code, times, walk) => {
    expect(pace({ report: faulted(code), failed: times })).toEqual({ wake: INTERVAL, walk });
  });

  test.each<[ErrorCode, readonly number[]]>([
    ["git-unreachable", [5, 10, 20, 40, 60, 60]],
    ["cluster-unreachable", [5, 10, 20, 40, 60, 60]],
    ["internal", [5, 10, 20, 40, 60, 60]],
    ["git-authentication", [10, 10, 20, 40, 60, 60]],
    ["git-branch-not-found", [5, 10, 20, 40, 60, 60]],
  ])("%s: again after %o s", (code, seconds) => {
    const waits = seconds.map((_, index) => pace({ report: faulted(code), failed: index + 1 }));
    expect(waits).toEqual(seconds.map(s => ({ wake: s * 1_000, walk: s * 1_000 })));
  });

  test("what only reads, at a short interval: at each interval, however often it failed", () => {
    const intervalMs = 3_000;
    expect(pace({ report: faulted("git-path-not-found"), failed: 9, intervalMs }).wake).toBe(3_000);
    const waiting = report({ failed: [failed("namespace-not-found")] });
    expect(pace({ report: waiting, failed: 9, intervalMs }).walk).toBe(3_000);
  });

  test("a lost login, at a short interval: never more than six times a minute", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1_000 }),
        (times, intervalMs) => {
          const { wake } = pace({
            report: faulted("git-authentication"),
            failed: times,
            intervalMs,
          });
          expect(wake).toBeGreaterThanOrEqual(10_000);
        },
      ),
    );
  });
});

describe("after a sync in which objects failed", () => {
  const refused = report({ failed: [failed("object-refused")] });
  const rememberedUntil = (retryAt: number, name = "settings"): Failures =>
    new Map([
      [
        `ConfigMap/shop/${name}`,
        { digest: "d1", fault: { code: "object-refused", message: "no" }, times: 1, retryAt },
      ],
    ]);

  test("walked again when the first of them is due, Git is not forgotten", () => {
    const failures = new Map([
      ...rememberedUntil(NOW + 40_000, "a"),
      ...rememberedUntil(NOW + 20_000, "b"),
    ]);
    const two = report({
      failed: [failed("object-refused", "a"), failed("object-refused", "b")],
    });
    expect(pace({ report: two, failures })).toEqual({ wake: 20_000, walk: 20_000 });
    expect(pace({ report: two, failures, intervalMs: 3_000 })).toEqual({
      wake: 3_000,
      walk: 20_000,
    });
  });

  test("one that is not remembered: back-off of the repository", () => {
    expect(pace({ report: refused, failed: 3 })).toEqual({ wake: 20_000, walk: 20_000 });
  });

  test("remembered, but due long ago: back-off of the repository, no hot loop", () => {
    const failures = rememberedUntil(NOW - 1);
    expect(pace({ report: refused, failures, failed: 2 }).walk).toBe(10_000);
  });

  test("law: never at once, never later than a minute", { timeout: 60_000 }, () => {
    const codes = fc.constantFrom<ErrorCode>(
      "object-refused",
      "object-contested",
      "owned-by-another",
      "namespace-not-found",
      "kind-not-found",
      "kind-unavailable",
    );
    fc.assert(
      fc.property(
        codes,
        fc.nat({ max: 50 }),
        fc.integer({ min: -99_999, max: 60_000 }),
        (code, times, due) => {
          const failures = rememberedUntil(NOW + due);
          const { walk } = pace({
            report: report({ failed: [failed(code)] }),
            failures,
            failed: times,
          });
          expect(walk).toBeGreaterThan(0);
          expect(walk).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });
});

describe("memory of failures", () => {
  const fault = { code: "object-refused", message: "no" } as const;
  const failure = (digest = "d1"): StepOutcome => ({
    result: "failed",
    desired: desired({ digest }),
    fault,
  });
  const success = applied();
  const after = (...outcomes: readonly StepOutcome[]) =>
    outcomes.reduce<Failures>((failures, one) => remember(failures, [one], NOW), new Map());
  const waits = (failures: Failures) =>
    [...failures.values()].map(({ times, retryAt }) => [times, retryAt - NOW]);

  test("failed again and again: waits longer each time", () => {
    expect(waits(after(failure()))).toEqual([[1, 5_000]]);
    expect(waits(after(failure(), failure(), failure()))).toEqual([[3, 20_000]]);
  });

  test("other content: begins anew", () => {
    expect(waits(after(failure(), failure(), failure("d2")))).toEqual([[1, 5_000]]);
  });

  test("applied: forgotten", () => {
    expect(after(failure(), failure(), success).size).toBe(0);
  });

  test.each<StepOutcome>([
    { result: "stale", desired: desired() },
    { result: "contested", desired: desired(), managers: ["kubectl"] },
  ])("$result between two failures: forgets nothing", outcome => {
    expect(waits(after(failure(), outcome, failure()))).toEqual([[2, 10_000]]);
  });

  test("several in one round: each by itself", () => {
    const other: StepOutcome = { result: "failed", desired: named("other"), fault };
    expect(remember(new Map(), [failure(), other], NOW).size).toBe(2);
  });

  test("the same content before its time: why it failed; at its time, other content, another object: nothing", () => {
    const failures = after(failure());
    expect(failedBefore(failures, desired(), NOW + 4_999)).toEqual(fault);
    expect(failedBefore(failures, desired(), NOW + 5_000)).toBeUndefined();
    expect(failedBefore(failures, desired({ digest: "d2" }), NOW)).toBeUndefined();
    expect(failedBefore(failures, named("other"), NOW)).toBeUndefined();
  });
});
