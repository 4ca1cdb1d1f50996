/** The fields that an object's managedFields give to one server-side applier, or to all managers together. */
import { NO_FIELDS, parseFieldSet, union, type FieldSet } from "../../model/field-set";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";

/** The `fieldsV1` of the manager's Apply entry as text; undefined where there is none, as after managedFields were wiped. */
export function ownFieldsText(object: JsonObject, fieldManager: string): string | undefined {
  const ours = entriesOf(object).find(entry => isOwn(entry, fieldManager));
  return ours !== undefined && isObject(ours.fieldsV1) ? JSON.stringify(ours.fieldsV1) : undefined;
}

function isOwn(entry: JsonObject, fieldManager: string): boolean {
  return entry.manager === fieldManager && entry.operation === "Apply" && isOfWhole(entry);
}

/** Not written through a subresource, as an autoscaler's and a status are. */
function isOfWhole({ subresource }: JsonObject): boolean {
  return (subresource ?? "") === "";
}

/** The `fieldsV1` of everybody's writes to the object itself but for our own applies. */
export function othersFields(object: JsonObject, fieldManager: string): readonly Json[] {
  return entriesOf(object).flatMap(entry =>
    isOfWhole(entry) && !isOwn(entry, fieldManager) ? [entry.fieldsV1 ?? {}] : [],
  );
}

/** The `fieldsV1` of the last write that was no apply; of all of that second. */
export function latestUpdate(object: JsonObject): readonly Json[] {
  const hands = entriesOf(object).filter(isHand);
  const times = hands.map(({ time }) => (typeof time === "string" ? time : ""));
  const latest = [...times].sort().at(-1);
  return hands.flatMap(({ fieldsV1 }, at) => (times[at] === latest ? [fieldsV1 ?? {}] : []));
}

export interface Holders {
  readonly own: readonly FieldSet[];
  /** One set for each who wrote the whole object and did not apply it: people, mostly. */
  readonly hands: readonly FieldSet[];
  /** Other appliers, and writers of a subresource: they will do it again. */
  readonly keepers: readonly FieldSet[];
}

/** Who owns what, by how they wrote it. */
export function holdersOf(object: JsonObject, fieldManager: string): Holders {
  const entries = entriesOf(object);
  const isOurs = (entry: JsonObject) => isOwn(entry, fieldManager);
  return {
    own: fieldsOf(entries.filter(isOurs)),
    hands: fieldsOf(entries.filter(isHand)),
    keepers: fieldsOf(entries.filter(entry => !isHand(entry) && !isOurs(entry))),
  };
}

function isHand(entry: JsonObject): boolean {
  return entry.operation === "Update" && isOfWhole(entry);
}

/** Reads what ownFieldsText gave. */
export function readFields(text: string): FieldSet {
  return parseFieldSet(JSON.parse(text) as JsonObject).fields;
}

/** Whoever they belong to: what there is to know of how the API server divides such an object. */
export function knownFields(object: JsonObject): FieldSet {
  return fieldsOf(entriesOf(object)).reduce(union, NO_FIELDS);
}

function fieldsOf(entries: readonly JsonObject[]): readonly FieldSet[] {
  return entries.map(({ fieldsV1 }) => parseFieldSet(fieldsV1).fields);
}

/** Entries of an object's managedFields. */
export function entriesOf({ metadata }: JsonObject): readonly JsonObject[] {
  const entries =
    isObject(metadata) && isList(metadata.managedFields) ? metadata.managedFields : [];
  return entries.filter(isObject);
}
