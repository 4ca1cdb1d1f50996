/** Jobs that ended and were cleaned up: to make them anew would run them again. */
import { isList, isObject, type Json, type JsonObject } from "../../model/json";

/** True for a Job that is removed by itself when it has ended (`ttlSecondsAfterFinished`). */
export function vanishes({ apiVersion, kind, spec }: JsonObject): boolean {
  const ttl = isObject(spec) ? spec.ttlSecondsAfterFinished : undefined;
  return apiVersion === "batch/v1" && kind === "Job" && typeof ttl === "number";
}

/** True for a Job of that sort that has ended, well or not. */
export function hasFinished(job: JsonObject): boolean {
  const conditions = isObject(job.status) ? job.status.conditions : undefined;
  return vanishes(job) && isList(conditions) && conditions.some(isEnd);
}

function isEnd(condition: Json): boolean {
  if (!isObject(condition) || condition.status !== "True") return false;
  return condition.type === "Complete" || condition.type === "Failed";
}
