/** What server-side apply can't undo: an edit that put something else in the place of what was declared. */
import { formatPath, type FieldPath } from "../../model/field-path";
import {
  fieldSetOf,
  formatFieldSet,
  leavesOf,
  NO_FIELDS,
  touches,
  union,
  type FieldSet,
} from "../../model/field-set";
import type { Json, JsonObject } from "../../model/json";
import type { Manifest } from "../../model/manifest";
import type { PatchOperation } from "../../model/plan";
import { declaredLeaves } from "./declared-leaves";
import { beyond } from "./others";
import { knownFields, latestUpdate, othersFields, ownFieldsText, readFields } from "./own-fields";
import { patchTo } from "./patch-to";
import { valueAt } from "./project";
import { uidOf, type Reader, type Snapshot } from "./snapshot";
import { unownedBeside } from "./unowned";
import { withPart } from "./with-part";

export interface Replacing {
  /** What will be applied, with held fields at their live value. */
  readonly manifest: Manifest;
  readonly live: JsonObject;
  /** All that the apply will change: what hands changed and is healed, and what Git changed or dropped. */
  readonly fields: readonly FieldPath[];
  /** What Git dropped and hands hold, as `leftovers` tells it: half of it may be what the apply would leave. */
  readonly dropped?: readonly FieldPath[];
  /** Undefined: nobody saw the object before the edit. Then what the last hand wrote counts as the edit. */
  readonly snapshot: Snapshot | undefined;
  /** The API server refused the apply: what stands beside changed fields may be in the way too. */
  readonly thorough: boolean;
}

/** The patch of `live` that has to go before the apply; empty where the apply is enough. */
export function replacement(replacing: Replacing, reader: Reader): readonly PatchOperation[] {
  const { manifest, live, fields, dropped = [], thorough } = replacing;
  const spots = fields.map(path => spotOf(replacing, path));
  const parents = parentsOf(thorough ? spots : spots.filter(({ taken }) => taken));
  const superfluous = [
    ...dropped,
    ...additionsOf(replacing, reader).filter(path => parents.has(parentText(path))),
    ...(thorough ? unownedBeside([...parents.values()], manifest, live) : []),
  ];
  if (superfluous.length === 0) return [];
  const without = superfluous.reduce((object, path) => withPart(object, path, undefined), live);
  // the object has to be valid between patch and apply: all that is healed is healed here
  const healed = spots
    .filter(({ path, missing }) => missing || path.at(-1)?.kind === "field")
    .reduce((object, { path }) => withPart(object, path, valueAt(manifest, path)), without);
  return patchTo(live, healed);
}

interface Spot {
  /** The field itself, or the topmost part of its path that the object lacks. */
  readonly path: FieldPath;
  readonly missing: boolean;
  /** It was ours and is missing: something may stand in its place. */
  readonly taken: boolean;
}

function spotOf({ live, snapshot }: Replacing, path: FieldPath): Spot {
  const length = path.findIndex((_, at) => valueAt(live, path.slice(0, at + 1)) === undefined);
  if (length < 0) return { path, missing: false, taken: false };
  const taken = snapshot?.uid !== uidOf(live) || touches(readFields(snapshot.fields), path);
  return { path: path.slice(0, length + 1), missing: true, taken };
}

/** Maps and lists in which something may be in another's place: never the object itself, nor its metadata. */
function parentsOf(spots: readonly Spot[]): ReadonlyMap<string, FieldPath> {
  const parents = spots.map(({ path }) => path.slice(0, -1)).filter(isReplaceable);
  return new Map(parents.map(path => [formatPath(path), path]));
}

function isReplaceable([first]: FieldPath): boolean {
  return first?.kind === "field" && first.name !== "metadata" && first.name !== "status";
}

function parentText(path: FieldPath): string {
  return formatPath(path.slice(0, -1));
}

/** What others own now, did not when the object was last seen without drift, and nobody declares. */
function additionsOf(replacing: Replacing, reader: Reader): readonly FieldPath[] {
  const { manifest, live } = replacing;
  const { own, before, entries } = pastOf(replacing, reader);
  const declared = fieldSetOf(declaredLeaves(manifest, union(own, knownFields(live))));
  const known = [own, declared, before].reduce(union);
  return leavesOf(beyond(entries, formatFieldSet(known)))
    .map(({ path }) => path)
    .filter(path => valueAt(live, path) !== undefined && valueAt(manifest, path) === undefined);
}

interface Past {
  readonly own: FieldSet;
  /** What others had. */
  readonly before: FieldSet;
  /** Where the edit is. */
  readonly entries: readonly Json[];
}

function pastOf({ live, snapshot }: Replacing, { fieldManager }: Reader): Past {
  if (snapshot?.uid === uidOf(live)) {
    const [own, before] = [readFields(snapshot.fields), readFields(snapshot.others)];
    return { own, before, entries: othersFields(live, fieldManager) };
  }
  const own = readFields(ownFieldsText(live, fieldManager) ?? "{}");
  return { own, before: NO_FIELDS, entries: latestUpdate(live) };
}
