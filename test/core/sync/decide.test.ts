/** One test a rule, then the order of the rules. */
import { describe, expect, test } from "vitest";
import { decide, type Case } from "../../../src/core/sync/decide";
import type { Verdict } from "../../../src/model/verdict";
import { desired, live } from "../../support/examples";

const us = { of: "us", labelled: true } as const;
const unlabelled = { of: "us", labelled: false } as const;
const nobody = { of: "nobody" } as const;
const another = { of: "another", repository: { namespace: "team", name: "other" } } as const;
const fault = { code: "object-refused", message: "too big" } as const;
const unavailable = { code: "kind-unavailable", message: "503" } as const;

/** Not there yet, in an active namespace. */
function given(change: Partial<Case> = {}): Case {
  return { desired: desired(), namespace: "active", contestedBy: [], ...change };
}

const stale = { "nopea.io/applied": `v1:d0@${"1".repeat(40)}` };
const suspendedBy = (value: string) => ({ ...live().annotations, "nopea.io/suspend-heal": value });

const ignored = desired({
  manifest: {
    ...desired().manifest,
    metadata: { name: "settings", annotations: { "nopea.io/ignore": "spec.replicas" } },
  },
});

/** Short enough for a table: the action, and the code of a fault. */
function told(verdict: Verdict): string {
  const more = "fault" in verdict ? ` ${verdict.fault.code}` : "";
  const force = verdict.action === "adopt" && verdict.force ? " forced" : "";
  return `${verdict.action}${more}${force}`;
}

describe("a rule", () => {
  test.each<[string, Case, string]>([
    ["not there", given(), "create"],
    ["not there, and an apply met others", given({ contestedBy: ["kubectl"] }), "create"],
    ["ours and as applied", given({ live: { object: live(), standing: us } }), "keep"],
    [
      "ours, and Git changed",
      given({ live: { object: live({ annotations: stale }), standing: us } }),
      "update",
    ],
    [
      "ours, never marked",
      given({ live: { object: live({ annotations: {} }), standing: us } }),
      "update",
    ],
    ["ours, labels gone", given({ live: { object: live(), standing: unlabelled } }), "update"],
    ["nobody's", given({ live: { object: live(), standing: nobody } }), "adopt"],
    [
      "nobody's, and an apply met others",
      given({ live: { object: live(), standing: nobody }, contestedBy: ["kubectl"] }),
      "adopt forced",
    ],
    [
      "another repository's",
      given({ live: { object: live(), standing: another } }),
      "refuse owned-by-another",
    ],
    [
      "nobody's by its labels, and an apply met a repository",
      given({
        live: { object: live(), standing: nobody },
        contestedBy: ["nopea:team/other"],
        contestingRepository: another.repository,
      }),
      "refuse owned-by-another",
    ],
    ["kind unavailable, and seemingly not there", given({ unavailable }), "wait kind-unavailable"],
    ["namespace missing", given({ namespace: "missing" }), "wait namespace-not-found"],
    ["namespace terminating", given({ namespace: "terminating" }), "wait object-terminating"],
    [
      "being deleted",
      given({ live: { object: live({ terminating: true }), standing: us } }),
      "wait object-terminating",
    ],
    ["failed before", given({ failedBefore: fault }), "wait object-refused"],
    ["to be left to others, not there", given({ desired: ignored }), "create"],
    [
      "to be left to others, and Git changed",
      given({
        desired: ignored,
        live: { object: live({ annotations: stale }), standing: us },
      }),
      "refuse not-implemented",
    ],
  ])("%s: %#", (_, situation, expected) => {
    expect(told(decide(situation))).toBe(expected);
  });
});

describe("suspended by hand", () => {
  const suspended = (value: string) =>
    given({
      live: { object: live({ annotations: { ...suspendedBy(value), ...stale } }), standing: us },
    });

  test.each(["true", "1", "yes", "4h", "2026-01-15T12:00:00Z"])("%s: held", value => {
    expect(decide(suspended(value)).action).toBe("hold");
  });

  test.each(["", "false"])("%o: not suspended", value => {
    expect(decide(suspended(value)).action).toBe("update");
  });

  test("as Git wants it: kept, nothing is pending", () => {
    const object = live({ annotations: suspendedBy("true") });
    expect(decide(given({ live: { object, standing: us } })).action).toBe("keep");
  });

  test("in Git only: does not count", () => {
    const { manifest } = desired();
    const annotations = { "nopea.io/suspend-heal": "true" };
    const wanted = desired({
      manifest: { ...manifest, metadata: { ...manifest.metadata, annotations } },
    });
    expect(decide(given({ desired: wanted })).action).toBe("create");
  });
});

test("who owns it already: named, with the object", () => {
  const verdict = decide(given({ live: { object: live(), standing: another } }));
  expect(verdict).toMatchObject({
    fault: { message: "GitRepository team/other manages ConfigMap/shop/settings already" },
  });
});

test("a namespace that is missing: named", () => {
  expect(decide(given({ namespace: "missing" }))).toMatchObject({
    fault: { message: "namespace shop does not exist" },
  });
});

describe("the order", () => {
  /** Every rule has an opinion on this one, except the two that are about the same thing. */
  const all: Case = given({
    desired: ignored,
    namespace: "missing",
    unavailable,
    live: {
      object: live({
        terminating: true,
        annotations: { ...suspendedBy("true"), ...stale },
      }),
      standing: another,
    },
    contestedBy: ["kubectl"],
    failedBefore: fault,
  });
  const object = all.live?.object ?? live();
  const calm = { ...object, terminating: false };
  const awake = { ...calm, annotations: stale };

  test.each<[string, Partial<Case>, string]>([
    ["whether its kind can be looked at comes first", {}, "wait kind-unavailable"],
    ["then the namespace", {}, "wait namespace-not-found"],
    ["then what is being deleted", { namespace: "active" }, "wait object-terminating"],
    [
      "then whose it is",
      { namespace: "active", live: { object: calm, standing: another } },
      "refuse owned-by-another",
    ],
    [
      "then whether there is anything to do",
      {
        namespace: "active",
        live: { object: { ...calm, annotations: suspendedBy("true") }, standing: us },
      },
      "keep",
    ],
    ["then a suspension", { namespace: "active", live: { object: calm, standing: us } }, "hold"],
    [
      "then patience with what failed",
      { namespace: "active", live: { object: awake, standing: us } },
      "wait object-refused",
    ],
    [
      "then what is left to others",
      {
        namespace: "active",
        live: { object: awake, standing: nobody },
        failedBefore: undefined,
      },
      "refuse not-implemented",
    ],
    [
      "then adoption",
      {
        desired: desired(),
        namespace: "active",
        live: { object: awake, standing: nobody },
        failedBefore: undefined,
      },
      "adopt forced",
    ],
  ])("%s", (_, change, expected) => {
    const known = expected === "wait kind-unavailable" ? {} : { unavailable: undefined };
    expect(told(decide({ ...all, ...known, ...change }))).toBe(expected);
  });
});
