/** Whether everything that a stamp tells of is back at what it was before: then there is no edit any more. */
import { HIDDEN } from "../../model/drift";
import type { Change, Edit } from "../../model/episode";
import { parsePath, type FieldPath } from "../../model/field-path";
import { fieldSetOf, NO_FIELDS, type FieldSet } from "../../model/field-set";
import { toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import type { ShowValues } from "../../model/settings";
import { project } from "../drift/project";
import { shown } from "../heal/shown";
import { MOST_EDITS } from "./stamp";
import { isCut } from "./text-length";

export interface Reading {
  /** Of the object. */
  readonly kind: string;
  readonly showValues: ShowValues;
}

/** Only where that is certain: not with values that are hidden or cut, and not where older edits may have been dropped. */
export function isUndone(edits: readonly Edit[], object: JsonObject, reading: Reading): boolean {
  if (edits.length === 0 || edits.length >= MOST_EDITS) return false;
  // of an edit that was too long to be told, nobody knows
  if (edits.some(({ changes }) => changes.length === 0)) return false;
  const newestFirst = edits.flatMap(({ changes }) => changes).reverse();
  const first = new Map(newestFirst.map(change => [change.path, change]));
  return [...first.values()].every(change => isBack(change, object, reading));
}

function isBack(change: Change, object: JsonObject, { kind, showValues }: Reading): boolean {
  const { from, to } = change;
  const path = pathOf(change);
  // with neither of them, the values were left out
  if (path === undefined || (from === undefined && to === undefined)) return false;
  const value = valueAt(object, path);
  if (from === undefined || value === undefined) return from === value;
  if (from.includes(HIDDEN) || isCut(from)) return false;
  const now = shown({ path: change.path, from: toCanonicalJson(value) }, kind, showValues).from;
  return now === from;
}

/** A path in which something is hidden leads nowhere. */
function pathOf({ path }: Change): FieldPath | undefined {
  return path.includes(HIDDEN) ? undefined : parsePath(path);
}

function valueAt(object: JsonObject, path: FieldPath): Json | undefined {
  return project(object, fieldSetOf([path]))[0]?.value;
}

/** Every field that the edits tell of. */
export function stampedFields(edits: readonly Edit[]): FieldSet {
  const paths = edits.flatMap(({ changes }) =>
    changes.flatMap(change => {
      const path = pathOf(change);
      return path === undefined ? [] : [path];
    }),
  );
  return paths.length === 0 ? NO_FIELDS : fieldSetOf(paths);
}
