/** What is to be known of a change: why it waits, and whose the object was. */
import { isSuspended, readSuspension, type Suspension } from "../../core/heal/suspension";
import { ANNOTATION_SUSPEND_HEAL_AT } from "../../model/annotations";
import type { Live } from "../../model/live";
import { parseTime } from "../../model/time";
import type { FieldChange } from "./change";
import type { ReadableRepository } from "./repository";

export interface Noting {
  readonly live: Live;
  readonly repository: ReadableRepository;
  readonly fields: readonly FieldChange[];
  readonly isOurs: boolean;
  readonly now: number;
}

/** Sentences. */
export function notesOf({ live, repository, fields, isOurs, now }: Noting): readonly string[] {
  const suspension = suspensionOf(live, now);
  const isEdited = fields.some(({ owners }) => owners.length > 0);
  return [
    ...(isOurs ? [] : ["not managed by nopea yet: this repository adopts it"]),
    ...(suspension === undefined ? [] : [`held: ${suspended(suspension)}`]),
    ...(isEdited ? heldByPolicy(repository) : []),
    ...(live.terminating ? ["it is being deleted"] : []),
  ];
}

/** Undefined: nothing holds nopea off the object. */
export function suspensionOf(live: Live, now: number): Suspension | undefined {
  const at = parseTime(live.annotations[ANNOTATION_SUSPEND_HEAL_AT] ?? "") ?? now;
  const suspension = readSuspension(live.annotations, at);
  return isSuspended(suspension, now) ? suspension : undefined;
}

function suspended({ until, reason }: Suspension): string {
  const end = until === undefined ? "until it is resumed" : `until ${timeText(until)}`;
  return `nopea.io/suspend-heal, ${end}${reason === undefined ? "" : ` (${reason})`}`;
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

function heldByPolicy({ spec }: ReadableRepository): readonly string[] {
  if (spec.healPolicy !== "auto") {
    return [`healPolicy ${spec.healPolicy}: what was changed by hand is reported, not undone`];
  }
  return spec.conflictPolicy === "live"
    ? ["conflictPolicy live: where Git has changed the same field, the edit by hand stays"]
    : [];
}
