/** Objects of nopea's own, as their managedFields tell: which it has applied, and which nobody else has written. */
import { isList, isObject, type JsonObject } from "../../model/json";

/** The field manager of what nopea applies on its own account, not for a repository. */
export const OWN_MANAGER = "nopea";

/** False for what somebody else made under its name. */
export function isApplied(object: JsonObject): boolean {
  return wholes(object).some(isApply);
}

/** Nobody else has written it: a hand may have added what narrows it, where only an apply takes that away. */
export function isAppliedAlone(object: JsonObject): boolean {
  const entries = wholes(object);
  return entries.length > 0 && entries.every(isApply);
}

/** Of writes to the object itself: a subresource, as a status, is others' to write. */
function wholes({ metadata }: JsonObject): readonly JsonObject[] {
  const { managedFields } = isObject(metadata) ? metadata : {};
  const entries = isList(managedFields) ? managedFields.filter(isObject) : [];
  return entries.filter(({ subresource }) => subresource === undefined);
}

function isApply({ manager, operation }: JsonObject): boolean {
  return manager === OWN_MANAGER && operation === "Apply";
}
