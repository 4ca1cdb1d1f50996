/** One test a rule, then the order of the rules. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type Case } from "../../../src/core/sync/decide";
import { readSuspension } from "../../../src/core/heal/suspension";
import { parsePath, type FieldPath } from "../../../src/model/field-path";
import type { DriftVerdict, Hold, Verdict } from "../../../src/model/verdict";
import { desired, live, sighting } from "../../support/examples";

const us = { of: "us", labelled: true } as const;
const unlabelled = { of: "us", labelled: false } as const;
const nobody = { of: "nobody" } as const;
const another = { of: "another", repository: { namespace: "team", name: "other" } } as const;
const fault = { code: "object-refused", message: "too big" } as const;
const unavailable = { code: "kind-unavailable", message: "503" } as const;

/** 2026-01-15T10:30:00Z */
const NOW = 1_768_473_000_000;
const suspension = { at: NOW - 60_000 };
const over = { at: NOW - 60_000, until: NOW };

/** Not there yet, in an active namespace. */
function given(change: Partial<Case> = {}): Case {
  return {
    desired: desired(),
    namespace: "active",
    finished: false,
    disowned: false,
    ignored: [],
    dropped: [],
    thorough: false,
    isOurs: true,
    contestedBy: [],
    now: NOW,
    ...change,
  };
}

const stale = { "nopea.io/applied": `v1:d0@${"1".repeat(40)}` };
const asApplied = { object: live(), standing: us };
const changed = { object: live({ annotations: stale }), standing: us };

const A: FieldPath = parsePath("data.a") ?? [];
const B: FieldPath = parsePath("data.b") ?? [];

/** data.a was edited. */
function edited(hold?: Hold): DriftVerdict {
  const drift = { class: "manual_drift", path: "data.a", from: "1", to: "2" } as const;
  return { fields: [{ drift, path: A, ...(hold === undefined ? {} : { hold }) }] };
}

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
    ["its definition ends", given({ definitionEnds: true }), "wait object-terminating"],
    ["namespace missing", given({ namespace: "missing" }), "wait namespace-not-found"],
    ["namespace terminating", given({ namespace: "terminating" }), "wait object-terminating"],
    [
      "being deleted",
      given({ live: { object: live({ terminating: true }), standing: us } }),
      "wait object-terminating",
    ],
    ["failed before", given({ failedBefore: fault }), "wait object-refused"],
    ["finished work that is gone", given({ finished: true }), "keep"],
    ["finished work that is there", given({ finished: true, live: changed }), "update"],
    ["a suspension that has ended", given({ suspension: over, live: asApplied }), "release"],
    ["an edit that is put back", given({ live: asApplied, drift: edited() }), "update"],
    ["an edit that stays", given({ live: asApplied, drift: edited("policy") }), "keep"],
    [
      "an edit that stays, and Git changed",
      given({ live: changed, drift: edited("policy") }),
      "update",
    ],
    ["an edit that somebody undid", given({ live: asApplied, disowned: true }), "update"],
    ["what Git dropped and is still there", given({ live: asApplied, dropped: [A] }), "update"],
    ["deleted by hand", given({ drift: { fields: [], whole: "deleted" } }), "create"],
    [
      "deleted by hand, and left so",
      given({ drift: { fields: [], whole: "deleted", hold: "policy" } }),
      "keep",
    ],
    [
      "made anew by hand",
      given({
        drift: { fields: [], whole: "recreated" },
        live: { object: live(), standing: nobody },
      }),
      "adopt",
    ],
    [
      "made anew by hand, and left so",
      given({
        drift: { fields: [], whole: "recreated", hold: "grace" },
        live: { object: live(), standing: nobody },
      }),
      "keep",
    ],
  ])("%s: %#", (_, situation, expected) => {
    expect(told(decide(situation))).toBe(expected);
  });
});

describe("suspended by hand", () => {
  test("Git changed: held, and pending", () => {
    expect(decide(given({ live: changed, suspension })).action).toBe("hold");
  });

  test("a millisecond before its end: held; at its end: released", () => {
    const until = (at: number) => given({ live: changed, suspension: { at: 0, until: at } });
    expect(decide(until(NOW + 1)).action).toBe("hold");
    expect(decide(until(NOW)).action).toBe("release");
  });

  test("as Git wants it: kept, nothing is pending", () => {
    expect(decide(given({ live: asApplied, suspension })).action).toBe("keep");
  });

  test("as Git wants it but for what was edited: kept, with the drift", () => {
    const drift = edited("suspended");
    expect(decide(given({ live: asApplied, suspension, drift }))).toMatchObject({
      action: "keep",
      drift,
    });
  });

  test("not there: nothing is suspended, it is made anew", () => {
    expect(decide(given({ suspension })).action).toBe("create");
  });

  test("its labels were taken off in the same edit: not even they are put back", () => {
    const gone = { object: live(), standing: unlabelled };
    expect(decide(given({ live: gone, suspension })).action).toBe("hold");
  });
});

describe("what is written", () => {
  const { object } = sighting();

  test("fields that are held, healed and dropped: each told apart, the whole object with them", () => {
    const drift: DriftVerdict = {
      fields: [
        ...edited("grace").fields,
        { drift: { class: "conflict", path: "data.b", from: "1", to: "2", git: "3" }, path: B },
      ],
    };
    expect(decide(given({ live: changed, drift, whole: object, dropped: [] }))).toMatchObject({
      action: "update",
      force: true,
      held: [A],
      healed: [B],
      object,
      drift,
    });
    const dropped = [B];
    expect(decide(given({ live: asApplied, dropped }))).toMatchObject({ dropped, healed: [] });
  });

  test("refused as it was: more thorough; otherwise nothing is said of it", () => {
    const drift = edited();
    expect(decide(given({ live: asApplied, drift, thorough: true }))).toMatchObject({
      thorough: true,
    });
    expect(decide(given({ live: asApplied, drift }))).not.toHaveProperty("thorough");
  });

  test("adopted: what Git leaves to others stays, nothing counts as healed", () => {
    const verdict = decide(
      given({ live: { object: live(), standing: nobody }, ignored: [A], drift: edited() }),
    );
    expect(verdict).toMatchObject({ action: "adopt", held: [A], healed: [] });
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
  const terminating = { ...live({ annotations: stale }), terminating: true };
  const calm = { ...terminating, terminating: false };

  /** Every rule from the first to the last but two has an opinion on this one. */
  const all: Case = given({
    namespace: "missing",
    definitionEnds: true,
    unavailable,
    live: { object: terminating, standing: another },
    suspension: over,
    finished: true,
    contestedBy: ["kubectl"],
    failedBefore: fault,
  });

  /** Each takes the opinion of the one before away. */
  const steps: readonly (readonly [string, Partial<Case>, string])[] = [
    ["whether its kind can be looked at comes first", {}, "wait kind-unavailable"],
    ["then its definition", { unavailable: undefined }, "wait object-terminating"],
    ["then the namespace", { definitionEnds: false }, "wait namespace-not-found"],
    ["then what is being deleted", { namespace: "active" }, "wait object-terminating"],
    ["then whose it is", { live: { object: calm, standing: another } }, "refuse owned-by-another"],
    [
      "then a suspension that is over",
      { live: { object: calm, standing: us }, failedBefore: undefined },
      "release",
    ],
    [
      "then whether there is anything to do",
      { suspension, live: asApplied, drift: edited("policy") },
      "keep",
    ],
    ["then a suspension", { live: { object: calm, standing: nobody }, drift: undefined }, "hold"],
    [
      "then patience with what failed",
      { suspension: undefined, failedBefore: fault },
      "wait object-refused",
    ],
    ["then adoption", { failedBefore: undefined }, "adopt forced"],
    ["what is ours is updated", { live: changed }, "update"],
  ];

  test.each(steps.map(([name, , expected], index) => [name, index, expected] as const))(
    "%s",
    (_, index, expected) => {
      const change = steps.slice(0, index + 1).map(([, one]) => one);
      expect(told(decide(Object.assign({}, all, ...change) as Case))).toBe(expected);
    },
  );

  test.each<[string, Partial<Case>, string]>([
    ["finished work comes before patience and creation", { finished: true }, "keep"],
    ["patience comes before creation", { finished: false }, "wait object-refused"],
    ["then it is created", { finished: false, failedBefore: undefined }, "create"],
  ])("of what is not there: %s", (_, change, expected) => {
    const situation = given({ failedBefore: fault, contestedBy: ["kubectl"], ...change });
    expect(told(decide(situation))).toBe(expected);
  });
});

test("law: while it is suspended nothing of an object that is there is written, whatever else is known", () => {
  const bool = fc.boolean();
  const suspensions = fc.constantFrom(
    { at: NOW },
    { at: 0, until: NOW + 1 },
    readSuspension({ "nopea.io/suspend-heal": "4h" }, NOW - 1),
  );
  const holds = fc.constantFrom<Hold | undefined>("suspended", "policy", "grace", undefined);
  const standings = fc.constantFrom(us, unlabelled, nobody);
  fc.assert(
    fc.property(
      fc.record({
        suspension: suspensions,
        disowned: bool,
        thorough: bool,
        finished: bool,
        live: fc.record({ object: fc.constantFrom(live(), changed.object), standing: standings }),
        drift: fc.option(holds.map(edited), { nil: undefined }),
        dropped: fc.constantFrom([], [A]),
        contestedBy: fc.constantFrom([], ["kubectl"]),
        failedBefore: fc.constantFrom(undefined, fault),
      }),
      situation => {
        expect(["keep", "hold"]).toContain(decide(given(situation)).action);
      },
    ),
  );
});
