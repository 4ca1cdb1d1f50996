/** The fields that an object's managedFields give to one server-side applier, or to all managers together. */
import { NO_FIELDS, parseFieldSet, union, type FieldSet } from "../../model/field-set";
import { isList, isObject, type JsonObject } from "../../model/json";

/** The `fieldsV1` of the manager's Apply entry as text; undefined where there is none, as after managedFields were wiped. */
export function ownFieldsText(object: JsonObject, fieldManager: string): string | undefined {
  const ours = entriesOf(object).find(
    entry =>
      entry.manager === fieldManager &&
      entry.operation === "Apply" &&
      (entry.subresource ?? "") === "",
  );
  return ours !== undefined && isObject(ours.fieldsV1) ? JSON.stringify(ours.fieldsV1) : undefined;
}

/** Reads what ownFieldsText gave. */
export function readFields(text: string): FieldSet {
  return parseFieldSet(JSON.parse(text) as JsonObject).fields;
}

/** Whoever they belong to: what there is to know of how the API server divides such an object. */
export function knownFields(object: JsonObject): FieldSet {
  return entriesOf(object)
    .map(({ fieldsV1 }) => parseFieldSet(fieldsV1).fields)
    .reduce(union, NO_FIELDS);
}

function entriesOf({ metadata }: JsonObject): readonly JsonObject[] {
  const entries =
    isObject(metadata) && isList(metadata.managedFields) ? metadata.managedFields : [];
  return entries.filter(isObject);
}
