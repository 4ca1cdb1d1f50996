/** What others own in an object beyond given fields: only the topmost part of each is named. */
import {
  NO_FIELDS,
  formatFieldSet,
  parseFieldSet,
  union,
  type FieldSet,
} from "../../model/field-set";
import { isObject, type Json, type JsonObject } from "../../model/json";
import { own } from "./equality";

/** Works on `fieldsV1` as it is: this is asked at every event of a watch. */
export function beyond(entries: readonly Json[], known: JsonObject): FieldSet {
  const sets = entries.map(node => (isObject(node) ? beyondNode(node, known) : {}));
  return sets
    .filter(set => Object.keys(set).length > 0)
    .map(set => parseFieldSet(set).fields)
    .reduce(union, NO_FIELDS);
}

function beyondNode(node: JsonObject, known: JsonObject): JsonObject {
  const parts: [string, Json][] = [];
  for (const [key, below] of Object.entries(node)) {
    if (key === ".") continue;
    const there = own(known, key);
    const part = there === undefined ? {} : beyondPart(below, there);
    if (part !== undefined) parts.push([key, part]);
  }
  return Object.fromEntries(parts);
}

/** Nothing is beyond what counts as a whole. */
function beyondPart(below: Json | undefined, known: Json): JsonObject | undefined {
  if (!isObject(below) || !isObject(known) || Object.keys(known).length === 0) return undefined;
  const part = beyondNode(below, known);
  return Object.keys(part).length === 0 ? undefined : part;
}

/** A set as text that is the same for the same fields. */
export function fieldsText(fields: FieldSet): string {
  return JSON.stringify(formatFieldSet(fields));
}
