/** Fields that an autoscaler wrote last: through the scale subresource, and not by a person. */
import type { FieldPath } from "../../model/field-path";
import { leavesOf, parseFieldSet } from "../../model/field-set";
import { isList, isObject, type JsonObject } from "../../model/json";

/** People scale with kubectl, and nothing else can be told apart by managedFields. */
const PERSON = /^kubectl\b/;

/** Usually `spec.replicas`, or nothing. */
export function autoscaledFields({ metadata }: JsonObject): readonly FieldPath[] {
  const entries =
    isObject(metadata) && isList(metadata.managedFields) ? metadata.managedFields : [];
  return entries.filter(isObject).flatMap(({ manager, subresource, fieldsV1 }) => {
    if (subresource !== "scale" || typeof manager !== "string" || PERSON.test(manager)) return [];
    return leavesOf(parseFieldSet(fieldsV1).fields).map(({ path }) => path);
  });
}
