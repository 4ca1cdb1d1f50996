/** Fields that an autoscaler wrote last: through the scale subresource, and not by a person. */
import type { FieldPath } from "../../model/field-path";
import { leavesOf, parseFieldSet } from "../../model/field-set";
import type { JsonObject } from "../../model/json";
import { entriesOf } from "../drift/own-fields";

/** People scale with kubectl, and nothing else can be told apart by managedFields. */
const PERSON = /^kubectl\b/;

/** Usually `spec.replicas`, or nothing. */
export function autoscaledFields(object: JsonObject): readonly FieldPath[] {
  return entriesOf(object).flatMap(({ manager, subresource, fieldsV1 }) => {
    if (subresource !== "scale" || typeof manager !== "string" || PERSON.test(manager)) return [];
    return leavesOf(parseFieldSet(fieldsV1).fields).map(({ path }) => path);
  });
}
