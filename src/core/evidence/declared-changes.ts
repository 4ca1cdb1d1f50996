/** Which of the fields that Git declares a write changes: what we own of the object, before the write and after it. */
import { formatPath, type FieldPath } from "../../model/field-path";
import { hasField, NO_FIELDS, parseFieldSet, union, type FieldSet } from "../../model/field-set";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { isEmptyCollection, isSame } from "../drift/equality";
import { isOwnMark } from "../drift/own-marks";
import { project, type Projected } from "../drift/project";
import { notIn, ownFieldsV1, ownManager, owns } from "./own-entry";
import { whereDifferent } from "./where-different";

export interface DeclaredChange extends Pick<Projected, "path" | "counts"> {
  /** Undefined: absent. */
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** `stamped`: fields that were edited before, and so are no longer ours. An item that comes or goes is one change. */
export function declaredChanges(
  before: JsonObject,
  after: JsonObject,
  stamped: FieldSet,
): readonly DeclaredChange[] {
  const manager = ownManager(before);
  const own = ownFieldsV1(before, manager) ?? {};
  const ownAfter = ownFieldsV1(after, manager);
  const differing = readFields(whereDifferent(own, before, after));
  const fields = stamped === NO_FIELDS ? differing : union(differing, stamped);
  const changed = pairs(before, after, fields).filter(pair => isChanged(pair, own, ownAfter));
  const added = addedUnderOurName(before, after, readFields(notIn(ownAfter ?? {}, own)));
  const unknown = added.filter(({ path }) => !hasField(stamped, path));
  return [...asPeopleThink(changed), ...asPeopleThink(outside(unknown, changed))];
}

function readFields(fieldsV1: JsonObject): FieldSet {
  return parseFieldSet(fieldsV1).fields;
}

function pairs(before: JsonObject, after: JsonObject, fields: FieldSet): readonly DeclaredChange[] {
  const now = project(after, fields);
  return project(before, fields).map(({ path, counts, value }, at) => {
    return { path, counts, from: value, to: now[at]?.value };
  });
}

function isChanged(
  { path, counts, from, to }: DeclaredChange,
  own: JsonObject,
  ownAfter: JsonObject | undefined,
): boolean {
  if (isOwnMark(path)) return false;
  if (counts === "presence") return (from === undefined) !== (to === undefined);
  if (!isFilled(from, to) || !owns(own, path)) return !isSame(from, to);
  // parts that others add to an empty map or keyed list are theirs; an atomic one is taken from us as a whole
  return ownAfter !== undefined && !owns(ownAfter, path) && !isEmptyCollection(to);
}

/** What was declared as `{}` or `[]`, which the API server may have left out, has parts now, or is back. */
function isFilled(from: Json | undefined, to: Json | undefined): boolean {
  return (from === undefined || isEmptyCollection(from)) && (isObject(to) || isList(to));
}

/** Somebody applied with our manager's name: what that added is taken for declared. */
function addedUnderOurName(
  before: JsonObject,
  after: JsonObject,
  added: FieldSet,
): readonly DeclaredChange[] {
  const found = pairs(before, after, added).filter(({ to }) => to !== undefined);
  return found.map(change =>
    isSame(change.from, change.to) ? { ...change, from: undefined } : change,
  );
}

/** What is not part of a field that is told already. */
function outside(
  added: readonly DeclaredChange[],
  changed: readonly DeclaredChange[],
): readonly DeclaredChange[] {
  const told = new Set(changed.map(({ path }) => formatPath(path)));
  const isTold = (path: FieldPath) =>
    path.some((_, at) => told.has(formatPath(path.slice(0, at + 1))));
  return told.size === 0 ? added : added.filter(({ path }) => !isTold(path));
}

/** As drift is told: parts come right after what they are part of. */
function asPeopleThink(changes: readonly DeclaredChange[]): readonly DeclaredChange[] {
  const told: DeclaredChange[] = [];
  changes.forEach((change, at) => {
    const item = told.at(-1);
    // told with the item that it came or went with
    if (item !== undefined && isItem(item) && isPart(change, item)) return;
    // what counts by being there is told where nothing of it is
    const next = changes[at + 1];
    const hasParts = change.counts === "presence" && next !== undefined && isPart(next, change);
    if (isItem(change) || !hasParts) told.push(change);
  });
  return told;
}

function isItem({ path, counts }: DeclaredChange): boolean {
  return counts === "presence" && path.at(-1)?.kind === "item";
}

/** Paths of one walk share their elements. */
function isPart(part: DeclaredChange, whole: DeclaredChange): boolean {
  const { length } = whole.path;
  return part.path.length > length && whole.path.every((element, at) => element === part.path[at]);
}
