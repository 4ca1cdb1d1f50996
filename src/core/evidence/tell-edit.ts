/** What a write changes of that which Git declares, and the stamp that tells of it. */
import { ANNOTATION_IGNORE } from "../../model/annotations";
import type { AdmissionRequest } from "../../model/admission";
import type { Change, Edit } from "../../model/episode";
import { formatPath, type FieldPath } from "../../model/field-path";
import { coversPath, parsePatterns } from "../../model/field-pattern";
import { covers, fieldSetOf, union } from "../../model/field-set";
import { toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import { uidOf } from "../drift/snapshot";
import { editId } from "../heal/record-name";
import { shown } from "../heal/shown";
import { declaredChanges, type DeclaredChange } from "./declared-changes";
import { toldGroups, toldName } from "./groups";
import type { Knowing } from "./knowing";
import { ownFieldsV1, ownManager, owns } from "./own-entry";
import { textsOf } from "./own-names";
import { formatStamp, LONGEST_STAMP } from "./stamp";
import { isUndone, stampedFields } from "./undone";

export interface Editing {
  readonly request: AdmissionRequest;
  readonly before: JsonObject;
  /** As it will be stored, but for what the hook writes. */
  readonly after: JsonObject;
  /** What the stamp tells so far. */
  readonly edits: readonly Edit[];
  /** False: this write itself leaves no evidence. */
  readonly leavesEvidence: boolean;
}

export interface Telling {
  /** Undefined: it stays as it is; "": there is none any more. */
  readonly stamp?: string;
  /** What is not as it was, and still an edit; as people may see it. */
  readonly changes: readonly Change[];
}

/** Compares the object as it was with what it will be. */
export function tellEdit(editing: Editing, knowing: Knowing): Telling {
  const { before, after, edits, request } = editing;
  const { showValues, rfc3339 } = knowing;
  const stamped = stampedFields(edits);
  const open = fieldSetOf(knowing.openFields(uidOf(before)));
  const found = ofGit(declaredChanges(before, after, union(stamped, open)), before);
  if (found.length === 0) return { changes: [] };
  const { kind } = request.kind;
  const isKnown = found.every(({ path }) => covers(stamped, path));
  if (isKnown && isUndone(edits, after, { kind, showValues })) return { stamp: "", changes: [] };
  const changes = found.slice(0, MOST_CHANGES).map(change => tell(change, kind, showValues));
  if (!editing.leavesEvidence) return { changes };
  const stamp = formatStamp([...edits, editOf(editing, changes, knowing)], rfc3339);
  return { stamp, changes };
}

/** More than a stamp can hold, however short they are. */
const MOST_CHANGES = Math.floor(LONGEST_STAMP / 12);

/** Without what Git leaves to others; the annotation counts only as far as it is Git's itself. */
function ofGit(changes: readonly DeclaredChange[], before: JsonObject): readonly DeclaredChange[] {
  const ignored = textsOf(before, "annotations")[ANNOTATION_IGNORE];
  // in nearly every write there is none: then nobody looks through managedFields
  if (ignored === undefined) return changes;
  if (!owns(ownFieldsV1(before, ownManager(before)) ?? {}, IGNORE_PATH)) return changes;
  const { patterns } = parsePatterns(ignored);
  return changes.filter(({ path }) => !patterns.some(pattern => coversPath(pattern, path)));
}

const IGNORE_PATH: FieldPath = ["metadata", "annotations", ANNOTATION_IGNORE].map(name => ({
  kind: "field",
  name,
}));

function tell(
  { path, from, to }: DeclaredChange,
  kind: string,
  showValues: Knowing["showValues"],
): Change {
  const change = { path: formatPath(path), ...textOf("from", from), ...textOf("to", to) };
  return shown(change, kind, showValues);
}

function textOf(side: "from" | "to", value: Json | undefined): Partial<Change> {
  return value === undefined ? {} : { [side]: toCanonicalJson(value) };
}

function editOf(
  { request: { uid, user, fieldManager }, before }: Editing,
  changes: readonly Change[],
  { now, sha256 }: Knowing,
): Edit {
  const groups = toldGroups(user);
  return {
    id: editId(uidOf(before), now, uid, sha256),
    by: toldName(user),
    ...(groups.length === 0 ? {} : { groups }),
    at: now,
    verb: "UPDATE",
    ...(fieldManager === "" ? {} : { manager: fieldManager }),
    source: "admission",
    changes,
  };
}
