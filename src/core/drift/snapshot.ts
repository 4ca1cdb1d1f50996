/** What an object held at our fields when the API server answered our own apply: no values, only their digests. */
import { formatPath } from "../../model/field-path";
import { fieldSetOf, NO_FIELDS } from "../../model/field-set";
import { isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import type { Sha256 } from "../../model/ownership";
import type { Verify } from "../evidence/seal";
import { declaredLeaves } from "./declared-leaves";
import { isEmptyCollection, isSame } from "./equality";
import { isHidden } from "./hidden";
import { beyond, fieldsText } from "./others";
import { othersFields, ownFieldsText, readFields } from "./own-fields";
import { project, type Projected } from "./project";

/** Kept in memory for every object: some 10 bytes of text for each field and its name. */
export interface Snapshot {
  readonly uid: string;
  /** Our field set, as `fieldsV1` text. */
  readonly fields: string;
  /** One mark of MARK_LENGTH characters for each field of the set, in the order of leavesOf. */
  readonly marks: string;
  /** Canonical JSON of live values that are not what was declared (`0.5` → `500m`), by path; none that must be hidden. */
  readonly kept: Readonly<Record<string, string>>;
  /** What others had in the object when it was last seen without drift, beyond our fields: topmost parts, as `fieldsV1` text. */
  readonly others: string;
}

export interface Reader {
  /** The name under which nopea applies the object. */
  readonly fieldManager: string;
  readonly sha256: Sha256;
  /** Whether the admission hook wrote what an object tells of edits and suspensions. */
  readonly verifySeal: Verify;
}

export const MARK_LENGTH = 16;
export const ABSENT = "-".repeat(MARK_LENGTH);
export const PRESENT = "+".repeat(MARK_LENGTH);
/** Declared as `{}` or `[]`: whether it was there. */
export const EMPTY_ABSENT = "?".padEnd(MARK_LENGTH, "-");
export const EMPTY_PRESENT = "?".padEnd(MARK_LENGTH, "+");

/** `answer` is the whole object as the API server answered the apply (or dry run) of `declared`. */
export function takeSnapshot(answer: JsonObject, declared: JsonObject, reader: Reader): Snapshot {
  // an object that is too large loses its managedFields: then by the manifest, lists as a whole
  const text = ownFieldsText(answer, reader.fieldManager) ?? fieldsDeclared(declared);
  const fields = readFields(text);
  const asDeclared = project(declared, fields);
  const kept: Record<string, string> = {};
  const marks = project(answer, fields).map((leaf, at) => {
    const { value } = asDeclared[at] ?? {};
    if (leaf.counts === "value" && isEmptyCollection(value)) return emptyMark(leaf.value);
    if (isSpelledOtherwise(leaf, value) && !isHidden(declared, leaf.path)) {
      kept[formatPath(leaf.path)] = toCanonicalJson(leaf.value ?? null);
    }
    return markOf(leaf, reader.sha256);
  });
  const others = othersText(answer, text, reader);
  return { uid: uidOf(answer), fields: text, marks: marks.join(""), kept, others };
}

/** The snapshot with what others have in an object that was seen without drift; the same one where that is nothing new. */
export function seenOthers(snapshot: Snapshot, live: JsonObject, reader: Reader): Snapshot {
  const others = othersText(live, snapshot.fields, reader);
  return others === snapshot.others ? snapshot : { ...snapshot, others };
}

function othersText(live: JsonObject, fields: string, { fieldManager }: Reader): string {
  const entries = othersFields(live, fieldManager);
  return entries.length === 0
    ? "{}"
    : fieldsText(beyond(entries, JSON.parse(fields) as JsonObject));
}

function fieldsDeclared(declared: JsonObject): string {
  return fieldsText(fieldSetOf(declaredLeaves(declared, NO_FIELDS)));
}

function isSpelledOtherwise({ counts, value }: Projected, declared: Json | undefined): boolean {
  const comparable = counts === "value" && value !== undefined && declared !== undefined;
  return comparable && !isSame(value, declared);
}

/** The mark of a field's value, or of its being there. */
export function markOf({ counts, value }: Omit<Projected, "path">, sha256: Sha256): string {
  if (value === undefined) return ABSENT;
  return counts === "presence" ? PRESENT : sha256(toCanonicalJson(value)).slice(0, MARK_LENGTH);
}

function emptyMark(value: Json | undefined): string {
  return value === undefined ? EMPTY_ABSENT : EMPTY_PRESENT;
}

/** The uid of a live object, "" where it has none. */
export function uidOf({ metadata }: JsonObject): string {
  return isObject(metadata) && typeof metadata.uid === "string" ? metadata.uid : "";
}
