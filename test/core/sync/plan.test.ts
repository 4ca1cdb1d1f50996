/** The order of writes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWriting, plan, type Past } from "../../../src/core/sync/plan";
import type { Plan } from "../../../src/model/plan";
import { parsePath, type FieldPath } from "../../../src/model/field-path";
import type { Verdict, Writing } from "../../../src/model/verdict";
import {
  adopt,
  CONFIG_MAP,
  desired,
  live,
  MARKS,
  named,
  planningFor,
  sighting,
  update,
} from "../../support/examples";

const { fieldManager } = MARKS;
const fault = { code: "object-refused", message: "no" } as const;

function planOf(verdicts: readonly Writing[], past: Past = {}): Plan {
  return plan(verdicts, { ...planningFor(fieldManager, "c1"), pastOf: () => past });
}

function create(kind: string, name = "a"): Writing {
  return { action: "create", desired: named(name, { ...CONFIG_MAP, kind }) };
}

function kindsOf({ stages }: Plan): readonly (readonly string[])[] {
  return stages.map(steps => steps.map(step => step.desired.key.kind));
}

test("any order of files: what others need comes first, what can stand in their way last", () => {
  const kinds = [
    "ValidatingWebhookConfiguration",
    "Deployment",
    "Widget",
    "APIService",
    "ConfigMap",
    "ServiceAccount",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Service",
    "PersistentVolumeClaim",
  ];
  expect(kindsOf(planOf(kinds.map(kind => create(kind))))).toEqual([
    ["CustomResourceDefinition", "Namespace"],
    ["ConfigMap", "ServiceAccount", "PersistentVolumeClaim"],
    ["Deployment", "Widget", "Service"],
    ["ValidatingWebhookConfiguration", "APIService", "MutatingWebhookConfiguration"],
  ]);
});

test("stages without a step: left out", () => {
  expect(planOf([]).stages).toEqual([]);
  expect(kindsOf(planOf([create("Deployment")]))).toEqual([["Deployment"]]);
});

test("the plan: says for whom and for which commit", () => {
  expect(planOf([])).toMatchObject({ fieldManager: "nopea:shop/my-app", commit: "c1" });
});

function path(text: string): FieldPath {
  return parsePath(text) ?? [];
}

describe("a verdict", () => {
  const { uid, resourceVersion } = live();
  const { manifest } = desired();
  const wanted = desired({ manifest: { ...manifest, data: { a: "git", b: "git" } } });
  const object = { ...sighting().object, data: { a: "hand", b: "hand", c: "hand" } };

  test("create: unforced, on nothing", () => {
    const [step] = planOf([{ action: "create", desired: desired() }]).stages.flat();
    expect(step).toEqual({ desired: desired(), manifest, force: false, held: [] });
  });

  test("update: forced, on the object that was looked at", () => {
    const [step] = planOf([update()]).stages.flat();
    expect(step).toMatchObject({ manifest, force: true, on: { uid, resourceVersion } });
    expect(step).not.toHaveProperty("replace");
  });

  test.each([true, false])(
    "adopt, force %o: as it says, on the object that was looked at",
    force => {
      expect(planOf([adopt({ force })]).stages.flat()).toMatchObject([
        { force, on: { uid, resourceVersion } },
      ]);
    },
  );

  test("what is held: sent at its live value, the rest as Git has it", () => {
    const held = [path("data.a")];
    const [step] = planOf([update({ desired: wanted, object, held })]).stages.flat();
    expect(step).toMatchObject({ held, desired: wanted });
    expect(step?.manifest).toMatchObject({ data: { a: "hand", b: "git" } });
  });

  test("what is held and not there: not sent", () => {
    const { data: _, ...bare } = object;
    const held = [path("data.a")];
    const [step] = planOf([update({ desired: wanted, object: bare, held })]).stages.flat();
    expect(step?.manifest.data).toEqual({ b: "git" });
  });

  test("what Git dropped: taken out by a patch on the object that was looked at", () => {
    const dropped = [path("data.c")];
    const [step] = planOf([update({ desired: wanted, object, dropped })]).stages.flat();
    expect(step?.replace).toEqual([{ op: "remove", path: "/data/c" }]);
    expect(step).toMatchObject({ on: { uid, resourceVersion } });
    expect(step).not.toHaveProperty("patchOnly");
  });

  test("release: nothing but a patch that takes the annotation and its companions off", () => {
    const annotations = {
      ...live().annotations,
      "nopea.io/suspend-heal": "30m",
      "nopea.io/suspend-heal-reason": "INC-1",
      "example.com/suspend-heal": "30m",
    };
    const [step] = planOf([
      { action: "release", desired: desired(), live: live({ annotations }) },
    ]).stages.flat();
    expect(step).toMatchObject({ patchOnly: true, force: false, on: { uid, resourceVersion } });
    expect(step?.replace).toEqual([
      { op: "remove", path: "/metadata/annotations/nopea.io~1suspend-heal" },
      { op: "remove", path: "/metadata/annotations/nopea.io~1suspend-heal-reason" },
    ]);
  });

  test.each<Verdict>([
    { action: "keep", desired: desired(), live: live() },
    { action: "hold", desired: desired(), live: live() },
    { action: "wait", desired: desired(), fault },
    { action: "refuse", desired: desired(), fault },
  ])("$action: no write", verdict => {
    expect(isWriting(verdict)).toBe(false);
  });

  test.each<Verdict>([
    { action: "create", desired: desired() },
    { action: "release", desired: desired(), live: live() },
    update(),
    adopt(),
  ])("$action: a write", verdict => {
    expect(isWriting(verdict)).toBe(true);
  });
});

test(
  "law: every writing verdict becomes one step, whatever the order, in the same stage",
  { timeout: 60_000 },
  () => {
    const kind = fc.constantFrom("Namespace", "Secret", "Deployment", "Widget", "APIService");
    const verdicts = fc
      .uniqueArray(fc.tuple(kind, fc.constantFrom("a", "b", "c")), {
        selector: pair => pair.join(),
      })
      .map(pairs => pairs.map(([of, name]) => create(of, name)));
    const shuffled = verdicts.chain(all =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([one, two]) => {
        const told = (verdicts: readonly Writing[]) =>
          planOf(verdicts).stages.map(steps =>
            steps.map(({ desired: { key } }) => `${key.kind}/${key.name}`).sort(),
          );
        expect(told(one)).toEqual(told(two));
        expect(told(one).flat()).toHaveLength(one.length);
      }),
    );
  },
);
