/** The fields that an object's managedFields give to one server-side applier. */
import { parseFieldSet, type FieldSet } from "../../model/field-set";
import { isList, isObject, type JsonObject } from "../../model/json";

/** The `fieldsV1` of the manager's Apply entry as text; undefined where there is none, as after managedFields were wiped. */
export function ownFieldsText(object: JsonObject, fieldManager: string): string | undefined {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const entries = isList(metadata.managedFields) ? metadata.managedFields : [];
  const ours = entries.find(
    entry =>
      isObject(entry) &&
      entry.manager === fieldManager &&
      entry.operation === "Apply" &&
      (entry.subresource ?? "") === "",
  );
  return isObject(ours) && isObject(ours.fieldsV1) ? JSON.stringify(ours.fieldsV1) : undefined;
}

/** Reads what ownFieldsText gave. */
export function readFields(text: string): FieldSet {
  return parseFieldSet(JSON.parse(text) as JsonObject).fields;
}
