/** One server-side apply (KEP-555), and what the answer means. */
import { ANNOTATION_APPLIED } from "../../model/annotations";
import { NopeaError } from "../../model/errors";
import { isObject, type JsonObject } from "../../model/json";
import type { StepOutcome } from "../../model/outcome";
import { formatApplied } from "../../model/ownership";
import type { Plan, Step } from "../../model/plan";
import { APPLY_PATCH, METADATA_ONLY, type Kube, type KubeAnswer } from "./client";
import { conflictingManagers, writeFault } from "./faults";
import { patchBody } from "./patch-body";
import { objectPath } from "./paths";

/** Never rejects for what the API server says, only when the signal is aborted. */
export async function apply(
  kube: Kube,
  step: Step,
  plan: Pick<Plan, "fieldManager" | "commit">,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { desired } = step;
  try {
    const answer = await kube({
      method: "PATCH",
      path: objectPath(desired.kind, desired.key),
      query: { fieldManager: plan.fieldManager, force: String(step.force) },
      contentType: APPLY_PATCH,
      accept: METADATA_ONLY,
      body: patchBody(bodyOf(step, plan.commit)),
      signal,
    });
    return outcomeOf(answer, step);
  } catch (error) {
    // a timeout's reason is a NopeaError too, but says nothing about this object
    signal.throwIfAborted();
    if (!(error instanceof NopeaError)) throw error;
    return { result: "failed", desired, fault: { code: error.code, message: error.message } };
  }
}

/** The manifest with nopea's mark, and with the uid and resourceVersion that it was decided on. */
function bodyOf({ desired, on }: Step, commit: string): JsonObject {
  const { metadata } = desired.manifest;
  const applied = formatApplied({ digest: desired.digest, commit });
  return {
    ...desired.manifest,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [ANNOTATION_APPLIED]: applied },
      ...(on === undefined ? {} : { uid: on.uid, resourceVersion: on.resourceVersion }),
    },
  };
}

function outcomeOf(answer: KubeAnswer, { desired, on }: Step): StepOutcome {
  if (answer.status < 300) {
    const metadata = isObject(answer.body.metadata) ? answer.body.metadata : {};
    const created = answer.status === 201;
    const changed = created || metadata.resourceVersion !== on?.resourceVersion;
    return { result: "applied", desired, created, changed };
  }
  if (answer.status === 409) {
    const managers = conflictingManagers(answer.body);
    if (managers.length > 0) return { result: "contested", desired, managers };
    return { result: "stale", desired };
  }
  return { result: "failed", desired, fault: writeFault(answer, desired) };
}
