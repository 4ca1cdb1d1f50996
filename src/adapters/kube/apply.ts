/** One step: a server-side apply (KEP-555), perhaps with a patch before it, and what the answer means. */
import { ANNOTATION_MANUAL_EDIT } from "../../model/annotations";
import { NopeaError } from "../../model/errors";
import type { JsonObject } from "../../model/json";
import type { Sighting } from "../../model/live";
import type { Desired } from "../../model/manifest";
import type { StepOutcome } from "../../model/outcome";
import { withApplied } from "../../model/ownership";
import type { Plan, Step } from "../../model/plan";
import { APPLY_PATCH, type Kube, type KubeAnswer } from "./client";
import { conflictingManagers, faultOf, writeFault } from "./faults";
import { readLive } from "./live";
import { forgetVersion } from "./lost-version";
import { isDenied } from "./refusal";
import { patchBody } from "./patch-body";
import { objectPath } from "./paths";
import { unstamp } from "./unstamp";
import { replaceParts, type Replaced } from "./replace-parts";

/** Never rejects for what the API server says, only when the signal is aborted. */
export async function apply(
  kube: Kube,
  step: Step,
  plan: Pick<Plan, "fieldManager" | "commit">,
  signal: AbortSignal,
): Promise<StepOutcome> {
  try {
    return await carryOut(kube, step, plan, signal);
  } catch (error) {
    return { result: "failed", desired: step.desired, fault: faultOf(error, signal) };
  }
}

async function carryOut(
  kube: Kube,
  step: Step,
  plan: Pick<Plan, "fieldManager" | "commit">,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const replaced = await replaceParts(kube, step, plan, signal);
  if ("result" in replaced) return replaced;
  if (step.patchOnly === true) return releasedOf(replaced, step);
  const { fieldManager, commit } = plan;
  const answer = await kube({
    method: "PATCH",
    path: objectPath(step.desired.kind, step.desired.key),
    query: { fieldManager, force: String(step.force) },
    contentType: APPLY_PATCH,
    body: patchBody(bodyOf(onPatched(step, replaced), commit)),
    signal,
  });
  const told = { answer, fieldManager };
  const mended = await forgetVersion(kube, onPatched(step, replaced), told, signal);
  if (mended !== undefined) return await carryOut(kube, afresh(step, mended), plan, signal);
  const outcome = outcomeOf(answer, step);
  if (isStamped(outcome)) return await withoutStamp(kube, outcome, plan, signal);
  const isHalf = outcome.result === "stale" && replaced.patched !== undefined;
  return isHalf ? { ...outcome, patched: true } : outcome;
}

/** What went before it is in. */
function afresh({ replace: _, ...step }: Step, { live }: Sighting): Step {
  return { ...step, on: live };
}

type Applied = Extract<StepOutcome, { result: "applied" }>;

/** True where the admission hook was not there to take it off. */
function isStamped(outcome: StepOutcome): outcome is Applied {
  if (outcome.result !== "applied") return false;
  return outcome.sighting.live.annotations[ANNOTATION_MANUAL_EDIT] !== undefined;
}

async function withoutStamp(
  kube: Kube,
  outcome: Applied,
  { fieldManager }: Pick<Plan, "fieldManager">,
  signal: AbortSignal,
): Promise<StepOutcome> {
  try {
    const { isOff, sighting } = await unstamp(kube, { ...outcome, fieldManager }, signal);
    return { ...outcome, changed: outcome.changed || isOff, sighting };
  } catch (error) {
    signal.throwIfAborted();
    // the apply is in; what the API server did not answer to stays until the next write
    if (error instanceof NopeaError) return outcome;
    throw error;
  }
}

function onPatched(step: Step, { patched }: Replaced): Step {
  return patched === undefined ? step : { ...step, on: patched.live };
}

/** The manifest with nopea's mark, and with the uid and resourceVersion that it was decided on. */
function bodyOf({ desired, manifest, on }: Step, commit: string): JsonObject {
  const marked = withApplied(manifest, { digest: desired.digest, commit });
  if (on === undefined) return marked;
  const { uid, resourceVersion } = on;
  return { ...marked, metadata: { ...marked.metadata, uid, resourceVersion } };
}

function releasedOf({ patched }: Replaced, { desired }: Step): StepOutcome {
  // without an operation there is nothing to release: it is decided again
  if (patched === undefined) return { result: "stale", desired };
  return { result: "released", desired, sighting: patched };
}

function outcomeOf(answer: KubeAnswer, { desired, on }: Step): StepOutcome {
  if (answer.status < 300) return appliedOf(answer, desired, on);
  if (answer.status === 409 && !isDenied(answer.body)) {
    const managers = conflictingManagers(answer.body);
    if (managers.length > 0) return { result: "contested", desired, managers };
    return { result: "stale", desired };
  }
  return { result: "failed", desired, fault: writeFault(answer, desired) };
}

/** `on` is what the step was decided on: a patch before the apply is a change too. */
function appliedOf({ status, body }: KubeAnswer, desired: Desired, on: Step["on"]): StepOutcome {
  const live = readLive(desired.kind, body);
  if (live === undefined) {
    const message = `the API server's answer (HTTP ${status}) to an apply is no object`;
    return { result: "failed", desired, fault: { code: "cluster-unreachable", message } };
  }
  const created = status === 201;
  const changed = created || live.resourceVersion !== on?.resourceVersion;
  return { result: "applied", desired, created, changed, sighting: { live, object: body } };
}
