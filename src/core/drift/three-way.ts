/** What Git changed, and what a hand changed, field by field: Git's declaration of before, of now, and the live object. */
import type { DriftClass, ObjectDrift } from "../../model/drift";
import { formatPath, type FieldPath } from "../../model/field-path";
import {
  covers,
  fieldSetOf,
  hasField,
  NO_FIELDS,
  union,
  type FieldSet,
  type Leaf,
} from "../../model/field-set";
import type { Json, JsonObject } from "../../model/json";
import { changedLeaves } from "./changed-leaves";
import { declaredLeaves } from "./declared-leaves";
import { isSame, meets } from "./equality";
import { isHidden, tell } from "./hidden";
import { knownFields, ownFieldsText, readFields } from "./own-fields";
import { isOwnMark } from "./own-marks";
import { project } from "./project";
import { uidOf, type Reader, type Snapshot } from "./snapshot";
import { summarise, type Finding } from "./summarise-fields";

export interface Comparison {
  /** What Git declared when nopea last applied the object; undefined: not known any more. */
  readonly base: JsonObject | undefined;
  readonly desired: JsonObject;
  /** Undefined: the object is not there. */
  readonly live: JsonObject | undefined;
  /** Undefined where there is no answer to compare with: then live is compared with what was declared. */
  readonly snapshot: Snapshot | undefined;
}

/** Fields that are as they should be are left out. */
export function compareThreeWay(comparison: Comparison, reader: Reader): ObjectDrift {
  const { base, desired, live, snapshot } = comparison;
  if (live === undefined) return { object: "deleted" };
  // base unknown: what differs from Git was changed by hand, never by Git
  const known = { base: base ?? desired, desired, live };
  if (snapshot === undefined) {
    return { object: "present", fields: summarise(unwitnessed(known, NO_FIELDS, reader)) };
  }
  const fields = readFields(snapshot.fields);
  if (snapshot.uid !== uidOf(live)) {
    return { object: "recreated", fields: summarise(unwitnessed(known, fields, reader)) };
  }
  const changed = changedLeaves(snapshot, live, reader);
  return { object: "present", fields: summarise(compare({ ...known, fields, changed, snapshot })) };
}

interface Known {
  readonly base: JsonObject;
  readonly desired: JsonObject;
  readonly live: JsonObject;
}

interface Witnessed extends Known {
  readonly fields: FieldSet;
  readonly changed: readonly Leaf[];
  readonly snapshot?: Snapshot;
}

/** Nobody saw what our apply made of the base: what does not look like it counts as changed. */
function unwitnessed(known: Known, hint: FieldSet, { fieldManager }: Reader): readonly Finding[] {
  const { base, live } = known;
  const text = ownFieldsText(live, fieldManager);
  const ours = text === undefined ? NO_FIELDS : readFields(text);
  const shape = union(hint, ours);
  const fields = union(shape, fieldSetOf(declaredLeaves(base, union(shape, knownFields(live)))));
  const declared = project(base, fields);
  const changed = project(live, fields).filter((leaf, at) => {
    const before = declared[at]?.value;
    // what is empty may have been left out, but then it still is ours
    const isLost = before !== undefined && leaf.value === undefined && !covers(ours, leaf.path);
    return isLost || !meets(sideOf(leaf.counts, leaf.value), sideOf(leaf.counts, before));
  });
  return compare({ ...known, fields, changed });
}

/** All that is known of one field. */
interface Sides extends Leaf {
  readonly base: Json | undefined;
  readonly desired: Json | undefined;
  readonly live: Json | undefined;
  readonly byHand: boolean;
}

function compare(witnessed: Witnessed): readonly Finding[] {
  const { base, desired, live, changed } = witnessed;
  const byHand = new Set(changed.map(({ path }) => formatPath(path)));
  const addedByHand = changed.filter(({ path }) => !hasField(witnessed.fields, path));
  const further = [...addedByHand.map(({ path }) => path), ...newlyDeclared(witnessed)];
  const fields =
    further.length === 0 ? witnessed.fields : union(witnessed.fields, fieldSetOf(further));
  const [before, now] = [base, desired].map(object => project(object, fields));
  return project(live, fields).flatMap(({ path, counts, value }, at) => {
    const sides: Sides = {
      path,
      counts,
      base: before?.[at]?.value,
      desired: now?.[at]?.value,
      live: value,
      byHand: byHand.size > 0 && byHand.has(formatPath(path)),
    };
    const drift = isOwnMark(path) ? undefined : classOf(sides);
    return drift === undefined ? [] : [findingOf(sides, drift, witnessed)];
  });
}

function classOf({ counts, byHand, base, desired, live }: Sides): DriftClass | undefined {
  const git = sideOf(counts, desired);
  const byGit = !isSame(sideOf(counts, base), git);
  if (byGit && meets(sideOf(counts, live), git)) return undefined;
  if (byGit) return byHand ? "conflict" : "git_change";
  return byHand ? "manual_drift" : undefined;
}

/** Where only being there counts, everything that is there is the same. */
function sideOf(counts: Leaf["counts"], value: Json | undefined): Json | undefined {
  return counts === "presence" && value !== undefined ? "present" : value;
}

function findingOf(sides: Sides, drift: DriftClass, { desired, snapshot }: Witnessed): Finding {
  const path = formatPath(sides.path);
  const hidden = isHidden(desired, sides.path);
  return {
    class: drift,
    path,
    counts: sides.counts,
    isItem: sides.path.at(-1)?.kind === "item",
    before: snapshot?.kept[path] ?? tell(sides.base, hidden),
    live: tell(sides.live, hidden),
    git: tell(sides.desired, hidden),
  };
}

/** What Git declares now and did not before, each at the topmost field that neither it nor the live object had. */
function newlyDeclared({ base, desired, live, fields }: Witnessed): readonly FieldPath[] {
  if (isSame(base, desired)) return [];
  // lists of which we had nothing may be known from others
  const leaves = declaredLeaves(desired, union(fields, knownFields(live)));
  const unknown = leaves.filter(path => !covers(fields, path));
  const set = fieldSetOf(unknown);
  const before = project(base, set);
  const added = project(desired, set).filter(({ value }, at) => !isSame(value, before[at]?.value));
  const prefixes = added.flatMap(({ path }) => path.map((_, at) => path.slice(0, at + 1)));
  const parents = fieldSetOf(prefixes);
  const old = new Set([...present(base, parents), ...present(live, parents)]);
  return added.map(({ path }) => {
    const length = path.findIndex((_, at) => !old.has(formatPath(path.slice(0, at + 1))));
    return length < 0 ? path : path.slice(0, length + 1);
  });
}

function present(object: JsonObject, fields: FieldSet): readonly string[] {
  return project(object, fields).flatMap(({ path, value }) =>
    value === undefined ? [] : [formatPath(path)],
  );
}
