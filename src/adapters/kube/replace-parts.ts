/** The JSON patch that goes before an apply, where that can't undo what was edited. */
import { toJson, type JsonObject } from "../../model/json";
import type { StepOutcome } from "../../model/outcome";
import type { Plan, Step } from "../../model/plan";
import { JSON_PATCH, METADATA_ONLY, type Kube, type KubeAnswer } from "./client";
import { isAnother, writeFault } from "./faults";
import { readLive } from "./live";
import { objectPath } from "./paths";

/** What the apply is to be sent on: the patched object, where there was something to patch. An outcome ends the step. */
export async function replaceParts(
  kube: Kube,
  { desired, on, replace = [] }: Step,
  { fieldManager }: Pick<Plan, "fieldManager">,
  signal: AbortSignal,
): Promise<Pick<Step, "on"> | StepOutcome> {
  if (on === undefined || replace.length === 0) return on === undefined ? {} : { on };
  const tests: readonly JsonObject[] = [
    { op: "test", path: "/metadata/uid", value: on.uid },
    { op: "test", path: "/metadata/resourceVersion", value: on.resourceVersion },
  ];
  const answer = await kube({
    method: "PATCH",
    path: objectPath(desired.kind, desired.key),
    query: { fieldManager },
    contentType: JSON_PATCH,
    accept: METADATA_ONLY,
    body: toJson([...tests, ...replace.map((operation): JsonObject => ({ ...operation }))]),
    signal,
  });
  const live = answer.status < 300 ? readLive(desired.kind, answer.body) : undefined;
  if (live !== undefined) return { on: live };
  return hasMoved(answer)
    ? { result: "stale", desired }
    : { result: "failed", desired, fault: writeFault(answer, desired) };
}

function hasMoved(answer: KubeAnswer): boolean {
  return answer.status === 404 || answer.status === 409 || isAnother(answer);
}
