/** Who else owns a field of a live object. */
import { entriesOf } from "../../core/drift/own-fields";
import type { FieldPath } from "../../model/field-path";
import { parseFieldSet, touches } from "../../model/field-set";
import type { JsonObject } from "../../model/json";

/** Names of field managers, those of a status left out. */
export function ownersOf(live: JsonObject, path: FieldPath, ours: string): readonly string[] {
  const managers = entriesOf(live).flatMap(({ manager, subresource, fieldsV1 }) => {
    const isOther = typeof manager === "string" && manager !== ours && subresource !== "status";
    return isOther && touches(parseFieldSet(fieldsV1).fields, path) ? [manager] : [];
  });
  return [...new Set(managers)];
}
