/** What managedFields tell of an edit that nobody witnessed: which manager, and when. Never who. */
import { covers, hasField, isEmpty, parseFieldSet, type FieldSet } from "../../model/field-set";
import { parsePath, type FieldPath } from "../../model/field-path";
import type { JsonObject } from "../../model/json";
import { parseTime } from "../../model/time";
import type { Change, Edit } from "../../model/episode";
import { entriesOf } from "../drift/own-fields";

export interface Inferring {
  /** As it is now; undefined: it was deleted. */
  readonly live: JsonObject | undefined;
  /** Fields that were not told before, with their values as they may be shown. */
  readonly changes: readonly Change[];
  /** The name under which nopea applies the object. */
  readonly fieldManager: string;
  readonly detectedAt: number;
  readonly makeId: (at: number, what: string) => string;
}

const SEEN_AT_ONCE_MS = 2_000;

/** One edit for each manager that wrote some of the fields, oldest first; what was removed leaves no manager. */
export function inferEdits(inferring: Inferring): readonly Edit[] {
  const { live, changes, detectedAt, makeId } = inferring;
  if (live === undefined) {
    const id = makeId(detectedAt, "DELETE");
    return [{ id, by: "unknown", at: detectedAt, verb: "DELETE", source: "inferred", changes: [] }];
  }
  const writers = writersOf(live, inferring);
  const groups = new Map<Writer | undefined, Change[]>();
  for (const change of changes) {
    const path = parsePath(change.path) ?? [];
    const writer = writers.find(({ fields }) => wrote(fields, path));
    groups.set(writer, [...(groups.get(writer) ?? []), change]);
  }
  return [...groups]
    .map(([writer, theirs]) => editOf(writer, theirs, inferring))
    .sort((a, b) => a.at - b.at);
}

interface Writer {
  readonly manager: string;
  readonly fields: FieldSet;
  readonly at: number | undefined;
  readonly scale: boolean;
}

function editOf(
  writer: Writer | undefined,
  changes: readonly Change[],
  { detectedAt, makeId }: Inferring,
): Edit {
  // managedFields hold whole seconds of the API server's clock: what was seen as it happened has the better time
  const written = writer?.at ?? detectedAt;
  const at = written < detectedAt - SEEN_AT_ONCE_MS ? written : detectedAt;
  return {
    id: makeId(at, changes.map(({ path, to }) => `${path}=${to ?? ""}`).join(",")),
    by: "unknown",
    at,
    verb: writer?.scale === true ? "SCALE" : "UPDATE",
    ...(writer === undefined ? {} : { manager: writer.manager }),
    source: "inferred",
    changes,
  };
}

/** The newest first: an older one may own what it set to the same value. */
function writersOf(live: JsonObject, { fieldManager }: Inferring): readonly Writer[] {
  return entriesOf(live)
    .flatMap(({ manager, fieldsV1, time, subresource }): Writer[] => {
      if (typeof manager !== "string" || manager === fieldManager) return [];
      const fields = parseFieldSet(fieldsV1).fields;
      const at = typeof time === "string" ? parseTime(time) : undefined;
      return isEmpty(fields) ? [] : [{ manager, fields, at, scale: subresource === "scale" }];
    })
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

function wrote(fields: FieldSet, path: FieldPath): boolean {
  return path.length > 0 && (covers(fields, path) || hasField(fields, path));
}
