/** Autoscalers and people may scale through the same subresource, with clients of any name. */
import { expect, test } from "vitest";
import type { Known } from "../../../src/core/drift/known";
import { isScaledByHand } from "../../../src/core/heal/scaled-by-hand";
import type { Edit } from "../../../src/model/episode";
import { parsePath, type FieldPath } from "../../../src/model/field-path";

const REPLICAS: FieldPath = parsePath("spec.replicas") ?? [];

/** A Deployment whose number of replicas was written last through the scale subresource. */
function scaled(replicas: number, autoscaled: readonly FieldPath[] = [REPLICAS]): Known {
  return {
    kind: { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", namespaced: true },
    live: {
      key: { group: "apps", kind: "Deployment", namespace: "shop", name: "api" },
      ...{ uid: "uid-1", resourceVersion: "1", labels: {}, annotations: {} },
      ...{ managers: [], terminating: false },
    },
    object: { spec: { replicas } },
    autoscaled,
  };
}

function scale(by: string, to: string, more: Partial<Edit> = {}): Edit {
  const changes = [{ path: "spec.replicas", to }];
  return { ...{ id: to, at: 1, verb: "SCALE", source: "admission" }, by, changes, ...more };
}

const HPA = "system:serviceaccount:kube-system:horizontal-pod-autoscaler";

test("a person was seen to set the number that is there: by hand", () => {
  expect(isScaledByHand({ known: scaled(5), edits: [scale("larry", "5")] })).toBe(true);
});

test("a person set it to none: by hand", () => {
  expect(isScaledByHand({ known: scaled(0), edits: [scale("larry", "0")] })).toBe(true);
});

test("a ServiceAccount or nobody who is known: not by hand", () => {
  expect(isScaledByHand({ known: scaled(5), edits: [scale(HPA, "5")] })).toBe(false);
  expect(isScaledByHand({ known: scaled(5), edits: [scale("unknown", "5")] })).toBe(false);
});

test("another number than the person set: somebody came after", () => {
  expect(isScaledByHand({ known: scaled(6), edits: [scale("larry", "5")] })).toBe(false);
});

test("an autoscaler after the person: not by hand, also with the same number", () => {
  const edits = [scale(HPA, "5"), scale("larry", "5")];
  expect(isScaledByHand({ known: scaled(5), edits })).toBe(false);
});

test("a person after the autoscaler: by hand", () => {
  const edits = [scale("larry", "5"), scale(HPA, "3")];
  expect(isScaledByHand({ known: scaled(5), edits })).toBe(true);
});

test("an update after the scaling: does not count", () => {
  const edits = [scale(HPA, "5", { verb: "UPDATE" }), scale("larry", "5")];
  expect(isScaledByHand({ known: scaled(5), edits })).toBe(true);
});

test("only inferred: nobody was seen", () => {
  const edits = [scale("larry", "5", { source: "inferred" })];
  expect(isScaledByHand({ known: scaled(5), edits })).toBe(false);
});

test("nothing is known of it, nothing was scaled, or nobody scaled: not by hand", () => {
  const edits = [scale("larry", "5")];
  expect(isScaledByHand({ known: undefined, edits })).toBe(false);
  expect(isScaledByHand({ known: scaled(5, []), edits })).toBe(false);
  expect(isScaledByHand({ known: scaled(5), edits: [] })).toBe(false);
});

test("a scaling that tells no number: not by hand, also where no number is there", () => {
  const edits = [scale("larry", "5", { changes: [] })];
  expect(isScaledByHand({ known: scaled(5), edits })).toBe(false);
  expect(isScaledByHand({ known: scaled(5, []), edits })).toBe(false);
});
