/** Takes Lists apart: `kind: List` and typed ones such as ConfigMapList, as kubectl does, nested ones too. */
import { type Json, type JsonObject, isList, isObject } from "../../model/json";
import { MAX_LIST_DEPTH, MAX_OBJECTS } from "./limits";
import type { Fault, Root } from "./reading";

export interface Candidate {
  readonly object: JsonObject;
  readonly offset: number;
}

export interface Flattened {
  readonly candidates: readonly Candidate[];
  readonly faults: readonly Fault[];
}

interface Flattening {
  readonly offsets: ReadonlyMap<object, number>;
  readonly candidates: Candidate[];
  readonly faults: Fault[];
}

/** The objects of the documents, items of Lists in place of the Lists. */
export function flattenLists(
  roots: readonly Root[],
  offsets: ReadonlyMap<object, number>,
): Flattened {
  const flattening: Flattening = { offsets, candidates: [], faults: [] };
  for (const root of roots) addRoot(flattening, root);
  const { candidates, faults } = flattening;
  const excess = candidates[MAX_OBJECTS];
  if (excess === undefined) return { candidates, faults };
  const message = `the file declares more than ${MAX_OBJECTS} objects: split it`;
  return { candidates: [], faults: [...faults, { offset: excess.offset, message }] };
}

function addRoot(flattening: Flattening, { value, offset }: Root): void {
  if (isObject(value)) {
    addObject(flattening, value, { offset, depth: 1 });
  } else {
    const what = isList(value) ? "a list" : "a single value";
    flattening.faults.push({
      offset,
      message: `the document is ${what}, not an object: ${ADVICE}`,
    });
  }
}

const ADVICE =
  "write one object a document, separated by lines of ---, or the items of a `kind: List`";

interface Place {
  readonly offset: number;
  readonly depth: number;
}

function addObject(flattening: Flattening, object: JsonObject, place: Place): void {
  const items = itemsOf(object);
  if (items === undefined) {
    flattening.candidates.push({ object, offset: place.offset });
  } else if (place.depth > MAX_LIST_DEPTH) {
    const message = `Lists are nested deeper than ${MAX_LIST_DEPTH} levels: write their items in one`;
    flattening.faults.push({ offset: place.offset, message });
  } else {
    items.forEach((item, index) => addItem(flattening, item, { list: object, index, place }));
  }
}

interface Position {
  readonly list: JsonObject;
  readonly index: number;
  readonly place: Place;
}

function addItem(flattening: Flattening, item: Json, { list, index, place }: Position): void {
  if (isObject(item)) {
    const offset = flattening.offsets.get(item) ?? place.offset;
    addObject(flattening, typed(item, list), { offset, depth: place.depth + 1 });
  } else {
    const message = `item ${index + 1} of the List is not an object: correct or remove it`;
    flattening.faults.push({ offset: place.offset, message });
  }
}

/** The items of a List; undefined for anything else, such as a custom resource whose kind ends in List. */
function itemsOf({ kind, items }: JsonObject): readonly Json[] | undefined {
  if (typeof kind !== "string" || !kind.endsWith("List")) return undefined;
  if (isList(items)) return items;
  return items === null ? [] : undefined;
}

/** Items of a typed list that name neither apiVersion nor kind have those that the list's own imply. */
function typed(item: JsonObject, { apiVersion, kind }: JsonObject): JsonObject {
  if (item.kind !== undefined || item.apiVersion !== undefined) return item;
  if (typeof kind !== "string" || kind === "List" || apiVersion === undefined) return item;
  return { apiVersion, kind: kind.slice(0, -"List".length), ...item };
}
