/** `nopea drift`: who changed what by hand, and what became of it. */
import { list } from "../api/ask";
import { DRIFT_RECORDS } from "../../model/own-kinds";
import { EXIT, type Answer, type Context } from "../context";
import { listing } from "./listing";
import { beganAt, isOpen, lastAt, readRecord, type ShownRecord } from "./record";

export interface DriftOptions {
  /** Absent: of all of them. */
  readonly repository?: string | undefined;
  /** Only what is open. */
  readonly open: boolean;
  /** Only what something happened to within so many milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly wide: boolean;
  /** Whether the exit code tells of what is open. */
  readonly exitCode: boolean;
}

/** Episodes, newest first. */
export async function drift(context: Context, options: DriftOptions): Promise<Answer> {
  context.progress("Reading DriftRecords");
  const objects = await list(context, DRIFT_RECORDS);
  const records = select(objects.map(readRecord), options, context.now());
  const isFound = options.exitCode && records.some(isOpen);
  return {
    value: { records },
    text: records.length === 0 ? nothing(context, options) : listing(records, context, options),
    exitCode: isFound ? EXIT.found : EXIT.ok,
  };
}

type Selection = Pick<DriftOptions, "repository" | "open" | "sinceMs">;

/** Those that were asked for, newest first. */
export function select(
  records: readonly ShownRecord[],
  { repository, open, sinceMs }: Selection,
  now: number,
): readonly ShownRecord[] {
  return records
    .filter(record => repository === undefined || record.repository === repository)
    .filter(record => !open || isOpen(record))
    .filter(record => sinceMs === undefined || isOpen(record) || lastAt(record) >= now - sinceMs)
    .sort((a, b) => beganAt(b) - beganAt(a) || (a.record < b.record ? 1 : -1));
}

function nothing(
  { namespace, allNamespaces }: Context,
  { repository, open, sinceMs }: Selection,
): string {
  const what = open ? "No open drift" : "No drift";
  const whose = repository === undefined ? "" : ` of ${repository}`;
  const where = allNamespaces ? " in any namespace" : ` in namespace ${namespace}`;
  return `${what}${whose}${where}${sinceMs === undefined ? "" : " in this time"}.`;
}
