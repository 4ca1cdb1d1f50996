/** The JSON patch that goes before an apply, where that can't undo what was edited. */
import { toJson, type JsonObject } from "../../model/json";
import type { Sighting } from "../../model/live";
import type { StepOutcome } from "../../model/outcome";
import type { Plan, Step } from "../../model/plan";
import { JSON_PATCH, type Kube, type KubeAnswer } from "./client";
import { isAnother, writeFault } from "./faults";
import { readSighting } from "./live";
import { objectPath } from "./paths";

/** What the patch made of the object; undefined: there was nothing to patch. */
export interface Replaced {
  readonly patched: Sighting | undefined;
}

/** An outcome ends the step; everything else is what the apply is to be sent on. */
export async function replaceParts(
  kube: Kube,
  { desired, on, replace = [] }: Step,
  { fieldManager }: Pick<Plan, "fieldManager">,
  signal: AbortSignal,
): Promise<Replaced | StepOutcome> {
  if (on === undefined || replace.length === 0) return { patched: undefined };
  const tests: readonly JsonObject[] = [
    { op: "test", path: "/metadata/uid", value: on.uid },
    { op: "test", path: "/metadata/resourceVersion", value: on.resourceVersion },
  ];
  const answer = await kube({
    method: "PATCH",
    path: objectPath(desired.kind, desired.key),
    query: { fieldManager },
    contentType: JSON_PATCH,
    body: toJson([...tests, ...replace.map((operation): JsonObject => ({ ...operation }))]),
    signal,
  });
  const patched = answer.status < 300 ? readSighting(desired.kind, answer.body) : undefined;
  if (patched !== undefined) return { patched };
  return hasMoved(answer)
    ? { result: "stale", desired }
    : { result: "failed", desired, fault: writeFault(answer, desired) };
}

function hasMoved(answer: KubeAnswer): boolean {
  return answer.status === 404 || answer.status === 409 || isAnother(answer);
}
