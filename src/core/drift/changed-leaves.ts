/** The fields of a live object that no longer are as our own apply left them. */
import { hasField, leavesOf, NO_FIELDS, type FieldSet } from "../../model/field-set";
import type { JsonObject } from "../../model/json";
import { isEmptyCollection } from "./equality";
import { ownFieldsText, readFields } from "./own-fields";
import { project, valueAt, type Projected } from "./project";
import {
  ABSENT,
  EMPTY_PRESENT,
  EMPTY_ABSENT,
  MARK_LENGTH,
  markOf,
  type Reader,
  type Snapshot,
} from "./snapshot";

export interface ChangedLeaf extends Projected {
  /** What the snapshot knows of the value before. */
  readonly before: string;
}

/** Whoever changed them; an object as the snapshot saw it has none. */
export function changedLeaves(
  snapshot: Snapshot,
  live: JsonObject,
  reader: Reader,
): readonly ChangedLeaf[] {
  const fields = readFields(snapshot.fields);
  const text = ownFieldsText(live, reader.fieldManager);
  // the same text: nothing of ours was taken; none: managedFields were wiped, and tell nothing
  const ours = text === undefined || text === snapshot.fields ? undefined : readFields(text);
  const changed = project(live, fields).flatMap((leaf, at): ChangedLeaf[] => {
    const before = snapshot.marks.slice(at * MARK_LENGTH, (at + 1) * MARK_LENGTH);
    return isChanged(before, leaf, ours, reader) ? [{ ...leaf, before }] : [];
  });
  return [...changed, ...addedUnderOurName(live, fields, ours ?? NO_FIELDS)];
}

function isChanged(
  before: string,
  leaf: Projected,
  ours: FieldSet | undefined,
  { sha256 }: Reader,
): boolean {
  if (before !== EMPTY_PRESENT && before !== EMPTY_ABSENT) return markOf(leaf, sha256) !== before;
  if (leaf.value === undefined) return before === EMPTY_PRESENT;
  // parts that others add to an empty map or keyed list are theirs; an atomic one is taken from us as a whole
  return ours !== undefined && !hasField(ours, leaf.path) && !isEmptyCollection(leaf.value);
}

/** Somebody applied with our manager's name: what that added is ours to remove. */
function addedUnderOurName(
  live: JsonObject,
  fields: FieldSet,
  ours: FieldSet,
): readonly ChangedLeaf[] {
  const added = leavesOf(ours).filter(({ path }) => !hasField(fields, path));
  return added.map(leaf => ({ ...leaf, before: ABSENT, value: valueAt(live, leaf.path) }));
}
