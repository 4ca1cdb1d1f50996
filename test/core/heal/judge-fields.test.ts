/** What becomes of each field that differs: one test a rule, the order of the rules, and the laws. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeFields, type Healing } from "../../../src/core/heal/judge-fields";
import type { DriftClass, FieldDrift, ObjectDrift } from "../../../src/model/drift";
import { parsePattern, parsePath } from "../../../src/model/field-path";

const NOW = 1_768_473_000_000;
const PATH = "spec.replicas";
const path = parsePath(PATH) ?? [];
const pattern = parsePattern(PATH) ?? [];

function given(change: Partial<Healing> = {}): Healing {
  return {
    healPolicy: "auto",
    conflictPolicy: "git",
    suspended: false,
    ignored: [],
    autoscaled: [],
    wasConflict: () => false,
    graceUntil: undefined,
    calmUntil: 0,
    now: NOW,
    ...change,
  };
}

function drift(of: DriftClass, at = PATH): FieldDrift {
  return { class: of, path: at, from: "3", to: "5", ...(of === "conflict" ? { git: "4" } : {}) };
}

const present = (...fields: readonly FieldDrift[]): ObjectDrift => ({ object: "present", fields });

/** What holds the field; "apply": Git's value is written. */
function fate(of: DriftClass, healing: Partial<Healing>): string {
  const [field] = judgeFields(present(drift(of)), given(healing)).fields;
  return field === undefined ? "nothing" : (field.hold ?? "apply");
}

describe("a rule", () => {
  test.each<[string, DriftClass, Partial<Healing>, string]>([
    ["an edit, nothing is asked for", "manual_drift", {}, "apply"],
    ["Git changed", "git_change", {}, "apply"],
    ["Git changed, healPolicy manual", "git_change", { healPolicy: "manual" }, "apply"],
    ["Git changed, in the grace period", "git_change", { graceUntil: NOW + 1 }, "apply"],
    ["Git changed, in a fight", "git_change", { calmUntil: NOW + 1 }, "apply"],
    ["Git changed, suspended", "git_change", { suspended: true }, "suspended"],
    ["Git changed, ignored", "git_change", { ignored: [pattern] }, "ignored"],
    ["Git changed, autoscaled", "git_change", { autoscaled: [path] }, "autoscaled"],
    ["an edit, healPolicy manual", "manual_drift", { healPolicy: "manual" }, "policy"],
    ["an edit, healPolicy notify", "manual_drift", { healPolicy: "notify" }, "policy"],
    ["an edit, before the end of the grace", "manual_drift", { graceUntil: NOW + 1 }, "grace"],
    ["an edit, at the end of the grace", "manual_drift", { graceUntil: NOW }, "apply"],
    ["an edit, before the end of a pause", "manual_drift", { calmUntil: NOW + 1 }, "fight"],
    ["an edit, at the end of a pause", "manual_drift", { calmUntil: NOW }, "apply"],
    ["a conflict, Git wins", "conflict", {}, "apply"],
    ["a conflict, live wins", "conflict", { conflictPolicy: "live" }, "conflict"],
    ["a conflict, Git wins at once", "conflict", { graceUntil: NOW + 1 }, "apply"],
    ["a conflict, Git wins over manual", "conflict", { healPolicy: "manual" }, "apply"],
  ])("%s: %#", (_, of, healing, expected) => {
    expect(fate(of, healing)).toBe(expected);
  });

  test("a field below the one that is ignored: ignored; one beside it: not", () => {
    const ignored = [parsePattern("spec.template") ?? []];
    const fields = [drift("manual_drift", "spec.template.x"), drift("manual_drift")];
    const { fields: judged } = judgeFields(present(...fields), given({ ignored }));
    expect(judged.map(({ hold }) => hold)).toEqual(["ignored", undefined]);
  });

  test("a path that nobody can read: left out", () => {
    expect(judgeFields(present(drift("manual_drift", "a[")), given()).fields).toEqual([]);
  });
});

describe("the order", () => {
  /** Every rule holds this one: a conflict that live wins. */
  const all: Partial<Healing> = {
    suspended: true,
    ignored: [pattern],
    autoscaled: [path],
    conflictPolicy: "live",
    healPolicy: "manual",
    graceUntil: NOW + 1,
    calmUntil: NOW + 1,
  };

  /** Each takes the opinion of the one before away. */
  const steps: readonly (readonly [string, DriftClass, Partial<Healing>, string])[] = [
    ["a suspension comes first", "conflict", {}, "suspended"],
    ["then what is ignored", "conflict", { suspended: false }, "ignored"],
    ["then what an autoscaler set", "conflict", { ignored: [] }, "autoscaled"],
    ["then the conflict policy", "conflict", { autoscaled: [] }, "conflict"],
    ["then what Git changed", "git_change", {}, "apply"],
    ["then the heal policy", "manual_drift", {}, "policy"],
    ["then the grace period", "manual_drift", { healPolicy: "auto" }, "grace"],
    ["then a fight", "manual_drift", { graceUntil: NOW }, "fight"],
    ["else it is healed", "manual_drift", { calmUntil: NOW }, "apply"],
  ];

  test.each(steps.map(([name, of, , expected], index) => ({ name, of, expected, index })))(
    "$name",
    ({ of, expected, index }) => {
      const changes = steps.slice(0, index + 1).map(([, , change]) => change);
      expect(fate(of, Object.assign({}, all, ...changes) as Partial<Healing>)).toBe(expected);
    },
  );
});

describe("the object as a whole", () => {
  test.each<[string, Partial<Healing>, object]>([
    ["put back", {}, { whole: "deleted", fields: [] }],
    ["left by manual", { healPolicy: "manual" }, { whole: "deleted", fields: [], hold: "policy" }],
    [
      "in its grace period",
      { graceUntil: NOW + 5 },
      { whole: "deleted", fields: [], hold: "grace", until: NOW + 5, graceUntil: NOW + 5 },
    ],
    [
      "nothing that is ignored or autoscaled is the whole",
      { ignored: [[]], autoscaled: [[]] },
      { whole: "deleted", fields: [] },
    ],
  ])("deleted by hand, %s", (_, healing, expected) => {
    expect(judgeFields({ object: "deleted" }, given(healing))).toEqual(expected);
  });

  test("made anew by hand: judged as one edit, its fields are not", () => {
    const verdict = judgeFields(
      { object: "recreated", fields: [drift("manual_drift")] },
      given({ healPolicy: "notify" }),
    );
    expect(verdict).toEqual({ whole: "recreated", fields: [], hold: "policy" });
  });
});

describe("when it is healed", () => {
  test("in a grace period and a fight: at the later of both ends", () => {
    const healing = given({ graceUntil: NOW + 1, calmUntil: NOW + 9 });
    expect(judgeFields(present(drift("manual_drift")), healing).until).toBe(NOW + 9);
  });

  test("left to people: nobody knows when; the end of the grace period is kept in mind", () => {
    const healing = given({ healPolicy: "manual", graceUntil: NOW + 1 });
    const verdict = judgeFields(present(drift("manual_drift")), healing);
    expect(verdict).not.toHaveProperty("until");
    expect(verdict.graceUntil).toBe(NOW + 1);
  });
});

describe("a conflict of before", () => {
  const edit = present(drift("manual_drift"));

  test("the rest of the commit is in: still a conflict, and held as one", () => {
    const { fields } = judgeFields(
      edit,
      given({ wasConflict: path => path === PATH, conflictPolicy: "live" }),
    );
    expect(fields).toMatchObject([{ drift: { class: "conflict" }, hold: "conflict" }]);
  });

  test("Git wins from now on: put back at once, whatever the grace period", () => {
    const healing = given({
      wasConflict: path => path === PATH,
      graceUntil: NOW + 1,
      healPolicy: "manual",
    });
    const { fields } = judgeFields(edit, healing);
    expect(fields).toMatchObject([{ drift: { class: "conflict" } }]);
    expect(fields[0]).not.toHaveProperty("hold");
  });

  test("another field: an edit like any other", () => {
    const { fields } = judgeFields(edit, given({ wasConflict: path => path === "spec.paused" }));
    expect(fields).toMatchObject([{ drift: { class: "manual_drift" } }]);
  });
});

const anyPath = fc.constantFrom("spec.replicas", "spec.paused", "data.a", "metadata.labels.x");
const anyTime = fc.integer({ min: -10, max: 10 }).map(distance => NOW + distance);
const anyClass = fc.constantFrom<DriftClass>("git_change", "manual_drift", "conflict");
const anyField = fc.tuple(anyClass, anyPath).map(([of, at]) => drift(of, at));
const anyDrift = fc.oneof(
  fc.uniqueArray(anyField, { selector: ({ path: at }) => at }).map(all => present(...all)),
  fc.constant<ObjectDrift>({ object: "deleted" }),
  fc.constant<ObjectDrift>({ object: "recreated", fields: [] }),
);
const anyHealing: fc.Arbitrary<Healing> = fc.record({
  healPolicy: fc.constantFrom("auto", "manual", "notify"),
  conflictPolicy: fc.constantFrom("git", "live"),
  suspended: fc.boolean(),
  ignored: fc.array(anyPath, { maxLength: 1 }).map(all => all.map(at => parsePattern(at) ?? [])),
  autoscaled: fc.array(anyPath, { maxLength: 1 }).map(all => all.map(at => parsePath(at) ?? [])),
  wasConflict: fc
    .array(anyPath, { maxLength: 2 })
    .map(paths => (path: string) => paths.some(other => other === path)),
  graceUntil: fc.option(anyTime, { nil: undefined }),
  calmUntil: fc.oneof(fc.constant(0), anyTime),
  now: fc.constant(NOW),
});
/** What stands in the way of healing, besides what a law is about. */
const free = { suspended: false, ignored: [], autoscaled: [], wasConflict: () => false };

describe("laws", () => {
  test("a suspended object is never healed, whatever the policy and the clock", () => {
    fc.assert(
      fc.property(anyDrift, anyHealing, (found, healing) => {
        const { whole, hold, fields } = judgeFields(found, { ...healing, suspended: true });
        expect(fields.every(field => field.hold === "suspended")).toBe(true);
        if (whole !== undefined) expect(hold).toBe("suspended");
      }),
    );
  });

  test("an edit is never healed before the end of its grace period, and always after", () => {
    fc.assert(
      fc.property(anyHealing, anyTime, (healing, graceUntil) => {
        const auto = { ...healing, ...free, healPolicy: "auto" as const, graceUntil, calmUntil: 0 };
        for (const found of [present(drift("manual_drift")), { object: "deleted" } as const]) {
          const { fields, ...rest } = judgeFields(found, auto);
          const hold = found.object === "present" ? fields[0]?.hold : rest.hold;
          expect(hold).toBe(NOW < graceUntil ? "grace" : undefined);
          expect(rest.until).toBe(NOW < graceUntil ? graceUntil : undefined);
        }
      }),
    );
  });

  test("unless healPolicy is auto, no edit is ever undone", () => {
    const policy = fc.constantFrom("manual" as const, "notify" as const);
    fc.assert(
      fc.property(anyDrift, anyHealing, policy, (found, healing, healPolicy) => {
        const { whole, hold, fields } = judgeFields(found, { ...healing, healPolicy });
        const edits = fields.filter(field => field.drift.class === "manual_drift");
        expect(edits.every(field => field.hold !== undefined)).toBe(true);
        if (whole !== undefined) expect(hold).toBeDefined();
      }),
    );
  });

  test("what Git changed is written, unless it is suspended, ignored or autoscaled", () => {
    fc.assert(
      fc.property(anyDrift, anyHealing, (found, healing) => {
        const { fields } = judgeFields(found, { ...healing, ...free });
        const changes = fields.filter(field => field.drift.class === "git_change");
        expect(changes.every(field => field.hold === undefined)).toBe(true);
      }),
    );
  });

  test("there is an end to wait for exactly where something waits", () => {
    fc.assert(
      fc.property(anyDrift, anyHealing, (found, healing) => {
        const { hold, fields, until } = judgeFields(found, healing);
        const holds = [hold, ...fields.map(field => field.hold)];
        const waits = holds.includes("grace") || holds.includes("fight");
        expect(until !== undefined).toBe(waits);
        if (until !== undefined) expect(until).toBeGreaterThan(NOW);
      }),
    );
  });
});
