/** What an object holds at the fields of a set: keyed lists and sets by key, so that their order does not count. */
import type { FieldPath } from "../../model/field-path";
import type { FieldSet, Leaf } from "../../model/field-set";
import type { Json, JsonObject } from "../../model/json";
import { findPartsOf } from "./find-part";

export interface Projected extends Leaf {
  /** Undefined: absent. All values where a list holds the same key twice. */
  readonly value: Json | undefined;
}

/** One entry for each field of the set, in the order of leavesOf. */
export function project(object: JsonObject, fields: FieldSet): readonly Projected[] {
  const projected: Projected[] = [];
  walk({ values: [object], path: [] }, fields, projected);
  return projected;
}

interface Place {
  readonly values: readonly Json[];
  readonly path: FieldPath;
}

function walk({ values, path }: Place, { owned, children }: FieldSet, found: Projected[]): void {
  const counts = children.size === 0 ? "value" : "presence";
  if (owned) found.push({ path, counts, value: withinDepth(single(values)) });
  if (children.size === 0) return;
  const finders = values.map(findPartsOf);
  for (const { element, set } of children.values()) {
    const below = finders.flatMap(find => find(element));
    walk({ values: below, path: [...path, element] }, set, found);
  }
}

/** The value of one field; undefined: absent. */
export function valueAt(object: JsonObject, path: FieldPath): Json | undefined {
  let values: readonly Json[] = [object];
  for (const element of path) values = values.flatMap(value => findPartsOf(value)(element));
  return single(values);
}

function single(values: readonly Json[]): Json | undefined {
  return values.length > 1 ? values : values[0];
}

/** Far more than the 100 levels of a manifest. */
const MAX_DEPTH = 200;

/** What somebody nested without end is not what was declared; nobody has to walk through it to know. */
function withinDepth(value: Json | undefined): Json | undefined {
  return value !== undefined && isDeeper(value, MAX_DEPTH) ? TOO_DEEP : value;
}

const TOO_DEEP = "(nested too deeply)";

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const below of Object.values(value)) {
    if (below !== undefined && isDeeper(below, levels - 1)) return true;
  }
  return false;
}
