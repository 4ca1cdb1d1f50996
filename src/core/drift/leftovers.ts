/** What Git dropped and the apply left in the object, because only hands hold it: a patch of its own takes it away. */
import type { FieldPath, PathElement } from "../../model/field-path";
import { fieldSetOf, leavesOf, touches, type FieldSet } from "../../model/field-set";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { PatchOperation } from "../../model/plan";
import { declaredLeaves } from "./declared-leaves";
import { isSame, own } from "./equality";
import { holdersOf, knownFields, type Holders } from "./own-fields";
import { isOwnMark } from "./own-marks";
import { patchTo } from "./patch-to";
import { valueAt } from "./project";
import type { Reader } from "./snapshot";
import { withPart } from "./with-part";

export interface Applied {
  /** What nopea applied before. */
  readonly base: JsonObject;
  /** What it applied now. */
  readonly desired: JsonObject;
  /** The object as the API server answered that. */
  readonly answer: JsonObject;
}

/**
 * The topmost fields that go; what another applier, an autoscaler or nobody owns stays. Before the apply (`answer` is
 * the live object) everything that Git dropped is told as soon as a hand holds any of it: half of it may be invalid.
 */
export function leftovers(
  { base, desired, answer }: Applied,
  { fieldManager }: Reader,
): readonly FieldPath[] {
  if (isSame(base, desired)) return [];
  const leaves = declaredLeaves(base, knownFields(answer)).filter(
    path => valueAt(desired, path) === undefined && !isOwnMark(path),
  );
  const parts = topmost({ path: [], set: fieldSetOf(leaves) }, desired);
  const { own: ours, hands, keepers } = holdersOf(answer, fieldManager);
  const held = (holders: readonly FieldSet[]) =>
    parts.flatMap(part => removable(part, { answer, keepers, hands: holders }));
  return held(hands).length === 0 ? [] : held([...hands, ...ours]);
}

/** The patch of `live` that takes them away. */
export function removal(live: JsonObject, paths: readonly FieldPath[]): readonly PatchOperation[] {
  return patchTo(
    live,
    paths.reduce((object, path) => withPart(object, path, undefined), live),
  );
}

interface Part {
  readonly path: FieldPath;
  /** What Git had declared of it. */
  readonly set: FieldSet;
}

function topmost(part: Part, desired: JsonObject): readonly Part[] {
  if (part.path.length > 0 && valueAt(desired, part.path) === undefined) return [part];
  return partsOf(part).flatMap(below => topmost(below, desired));
}

function partsOf({ path, set }: Part): readonly Part[] {
  return [...set.children.values()].map(({ element, set: below }) => ({
    path: [...path, element],
    set: below,
  }));
}

interface Dropped extends Pick<Holders, "hands" | "keepers"> {
  readonly answer: JsonObject;
}

function removable(part: Part, dropped: Dropped): readonly FieldPath[] {
  const { answer, hands } = dropped;
  const { path, set } = part;
  const value = valueAt(answer, path);
  if (value === undefined || !hands.some(hand => touchesAny(hand, part))) return [];
  if (!isShared(part, value, dropped)) return [path];
  if (set.children.size === 0) return [];
  return partsOf(part)
    .filter(below => !isKey(path.at(-1), below.path.at(-1)))
    .flatMap(below => removable(below, dropped));
}

/** True where something of it was never Git's, and is no default either. */
function isShared(part: Part, value: Json, { answer, hands, keepers }: Dropped): boolean {
  const isIn = (set: FieldSet) => touches(set, part.path);
  if (keepers.some(isIn) || hands.some(hand => isIn(hand) && !touchesAny(hand, part))) return true;
  if (part.set.children.size === 0) return false;
  // whoever created an object owns its defaults too: only where names are free are others known to be no defaults
  if (isFree(part.path) && isObject(value)) return !hasOnly(value, part.set);
  const isThere = ({ path }: Part) => valueAt(answer, path) !== undefined;
  return isList(value) && value.length > partsOf(part).filter(isThere).length;
}

function touchesAny(hand: FieldSet, { path, set }: Part): boolean {
  return leavesOf(set).some(leaf => touches(hand, [...path, ...leaf.path]));
}

/** Maps whose names are not the API's. */
const FREE = new Set([
  ...["annotations", "binaryData", "data", "labels", "limits", "matchLabels"],
  ...["parameters", "requests", "stringData"],
]);

function isFree(path: FieldPath): boolean {
  const last = path.at(-1);
  return last?.kind === "field" && FREE.has(last.name);
}

function hasOnly(value: JsonObject, { children }: FieldSet): boolean {
  return Object.keys(value).every(name => children.has(`f:${name}`));
}

/** An item that stays keeps its keys. */
function isKey(item: PathElement | undefined, member: PathElement | undefined): boolean {
  return (
    item?.kind === "item" && member?.kind === "field" && own(item.keys, member.name) !== undefined
  );
}
