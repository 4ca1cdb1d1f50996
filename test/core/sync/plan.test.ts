/** The order of writes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWriting, plan } from "../../../src/core/sync/plan";
import type { Plan } from "../../../src/model/plan";
import type { Verdict } from "../../../src/model/verdict";
import { CONFIG_MAP, desired, live, MARKS, named } from "../../support/examples";

const { fieldManager } = MARKS;
const fault = { code: "object-refused", message: "no" } as const;

function planOf(verdicts: readonly Verdict[]): Plan {
  return plan(verdicts, { fieldManager, commit: "c1" });
}

function create(kind: string, name = "a"): Verdict {
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

describe("a verdict", () => {
  const { uid, resourceVersion } = live();

  test("create: unforced, on nothing", () => {
    const [step] = planOf([{ action: "create", desired: desired() }]).stages.flat();
    expect(step).toEqual({ desired: desired(), force: false });
  });

  test("update: forced, on the object that was looked at", () => {
    const [step] = planOf([{ action: "update", desired: desired(), live: live() }]).stages.flat();
    expect(step).toMatchObject({ force: true, on: { uid, resourceVersion } });
  });

  test.each([true, false])(
    "adopt, force %o: as it says, on the object that was looked at",
    force => {
      const verdict: Verdict = { action: "adopt", desired: desired(), live: live(), force };
      expect(planOf([verdict]).stages.flat()).toMatchObject([
        { force, on: { uid, resourceVersion } },
      ]);
    },
  );

  test.each<Verdict>([
    { action: "keep", desired: desired(), live: live() },
    { action: "hold", desired: desired(), live: live() },
    { action: "wait", desired: desired(), fault },
    { action: "refuse", desired: desired(), fault },
  ])("$action: no step", verdict => {
    expect(isWriting(verdict)).toBe(false);
    expect(planOf([verdict]).stages).toEqual([]);
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
        const told = (verdicts: readonly Verdict[]) =>
          planOf(verdicts).stages.map(steps =>
            steps.map(({ desired: { key } }) => `${key.kind}/${key.name}`).sort(),
          );
        expect(told(one)).toEqual(told(two));
        expect(told(one).flat()).toHaveLength(one.length);
      }),
    );
  },
);
