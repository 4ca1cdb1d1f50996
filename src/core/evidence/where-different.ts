/** The part of a field set in which two versions of an object may differ: of large objects hardly anything is edited at once. */
import { parseJson } from "../../model/field-path";
import { isList, isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import { own } from "../drift/equality";

/** `fieldsV1` without what is the same in both. What is left out has no change in it; what is left may have none either. */
export function whereDifferent(
  fieldsV1: JsonObject,
  before: JsonObject,
  after: JsonObject,
): JsonObject {
  const kept: [string, Json][] = [];
  for (const [key, below] of Object.entries(fieldsV1)) {
    // both are there
    if (key === "." || below === undefined) continue;
    const name = key.startsWith("f:") ? key.slice(2) : undefined;
    const part = name === undefined ? below : partOf(below, own(before, name), own(after, name));
    if (part !== undefined) kept.push([key, part]);
  }
  return Object.fromEntries(kept);
}

function partOf(fields: Json, before: Json | undefined, after: Json | undefined): Json | undefined {
  if (isEqual(before, after, 0)) return undefined;
  const isWhole = !isObject(fields) || Object.keys(fields).length === 0;
  return isWhole ? fields : partsOf(fields, before, after);
}

function partsOf(fields: JsonObject, before: Json | undefined, after: Json | undefined) {
  if (isObject(before) && isObject(after)) {
    return unlessEmpty(whereDifferent(fields, before, after));
  }
  const items = isList(before) && isList(after) ? movedItems(before, after) : undefined;
  return items === undefined ? fields : unlessEmpty(fieldsOfItems(fields, items));
}

function unlessEmpty(fields: JsonObject): JsonObject | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** More would take longer to look for than to compare. */
const MOST_ITEMS = 64;

/** Items of both between what begins and what ends alike; undefined: too many. */
function movedItems(before: readonly Json[], after: readonly Json[]): readonly Json[] | undefined {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isEqual(before[start], after[start], 0)) start += 1;
  let end = 0;
  while (end < shorter - start && isEqual(before.at(-1 - end), after.at(-1 - end), 0)) end += 1;
  const lists = [before, after].map(list => list.slice(start, list.length - end));
  const items = lists.flat();
  return items.length > MOST_ITEMS ? undefined : items;
}

function fieldsOfItems(fields: JsonObject, items: readonly Json[]): JsonObject {
  const texts = new Set(items.map(item => (isObject(item) ? "" : scalarText(item))));
  const entries = Object.entries(fields).filter(([key]) => {
    if (key === ".") return false;
    if (key.startsWith("v:")) return texts.has(key.slice(2)) || texts.has("");
    return !key.startsWith("k:") || isKeyOfOne(parseJson(key.slice(2)), items);
  });
  return Object.fromEntries(entries);
}

function scalarText(item: Json): string {
  return isList(item) ? "" : toCanonicalJson(item);
}

function isKeyOfOne(keys: Json | undefined, items: readonly Json[]): boolean {
  if (!isObject(keys)) return true;
  const wanted = Object.entries(keys);
  return items.some(
    item =>
      isObject(item) &&
      wanted.every(([name, value]) => {
        const key = own(item, name);
        // one that is left out has a default
        return key === undefined || key === value;
      }),
  );
}

const MAX_DEPTH = 200;

/** False where it would take too deep a look. */
function isEqual(a: Json | undefined, b: Json | undefined, depth: number): boolean {
  if (a === b) return true;
  if (depth > MAX_DEPTH) return false;
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, at) => isEqual(item, b[at], depth + 1));
  }
  return isObject(a) && isObject(b) && isEqualMap(a, b, depth);
}

function isEqualMap(a: JsonObject, b: JsonObject, depth: number): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && isEqual(a[name], b[name], depth + 1))
  );
}
