/** What an apply makes of an object of the fake cluster. */
import { ANNOTATION_APPLIED, HOOK_ANNOTATIONS } from "../../src/model/annotations";
import type { Json, JsonObject } from "../../src/model/json";
import { pointerToken } from "../../src/model/json-pointer";
import type { Sighting } from "../../src/model/live";
import { groupOf, type Desired, type Manifest } from "../../src/model/manifest";
import type { ObjectKey } from "../../src/model/object-key";
import type { StepOutcome } from "../../src/model/outcome";
import { formatApplied } from "../../src/model/ownership";
import type { PatchOperation, Plan, Step } from "../../src/model/plan";
import {
  applyLeaves,
  EMPTY,
  leavesOf,
  removeLeaf,
  updateLeaves,
  type Merge,
  type Owned,
} from "./field-ownership";
import type { Stored } from "./stored-object";

export function keyOf({ apiVersion, kind, metadata }: Manifest): ObjectKey {
  const { name, namespace = "" } = metadata;
  return { group: groupOf(apiVersion), kind, namespace, name };
}

export function mergeStep(before: Stored | undefined, step: Step, plan: Plan): Merge {
  const wanted = leavesOf(withMark(step, plan.commit));
  return applyLeaves(before?.owned ?? EMPTY, wanted, plan.fieldManager, step.force);
}

export function appliedOf(
  desired: Desired,
  before: Stored | undefined,
  sighting: Sighting,
): StepOutcome {
  const changed = sighting.live.resourceVersion !== `${before?.version ?? ""}`;
  return { result: "applied", desired, created: before === undefined, changed, sighting };
}

export function patchStored(stored: Stored, { replace = [] }: Step, plan: Plan): Stored {
  return { ...stored, owned: patch(stored.owned, replace, plan.fieldManager) };
}

/** Maps only, as everything here. */
function patch(owned: Owned, operations: readonly PatchOperation[], manager: string): Owned {
  return operations.reduce((before, operation) => {
    if (operation.op === "remove") return removeLeaf(before, operation.path);
    const nested = operation.path
      .split("/")
      .slice(1)
      .map(key => key.replaceAll("~1", "/"));
    const value = nested.reduceRight<Json>((below, key) => ({ [key]: below }), operation.value);
    return updateLeaves(before, leavesOf(value as JsonObject), manager);
  }, owned);
}

/** What is written is no longer as anybody edited it: as the admission hook, or the adapter where there is none. */
export function unstamped(owned: Owned): Owned {
  const [stamp, ...others] = HOOK_ANNOTATIONS.map(
    name => `/metadata/annotations/${pointerToken(name)}`,
  );
  if (stamp === undefined || !owned.leaves.has(stamp)) return owned;
  return [stamp, ...others].reduce(removeLeaf, owned);
}

function withMark(
  { manifest, desired: { digest } }: Pick<Step, "manifest" | "desired">,
  commit: string,
): JsonObject {
  const { metadata } = manifest;
  const mark = { [ANNOTATION_APPLIED]: formatApplied({ digest, commit }) };
  return {
    ...manifest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...mark } },
  };
}

export function sameOwned(a: Owned, b: Owned): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ leaves, managers }: Owned): string {
  const owners = managers.map(({ manager, operation, paths }) => [
    manager,
    operation,
    [...paths].sort(),
  ]);
  const show = (_: string, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value;
  return JSON.stringify([[...leaves].sort(), owners.sort()], show);
}
