/** A DriftRecord as the command shows it. */
import { groupOf } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { JsonObject } from "../../model/json";
import { parseTime } from "../../model/time";
import { number, part, parts, text, texts } from "../api/fields";

export interface ShownChange {
  readonly path: string;
  /** Absent: the field was not there. */
  readonly from?: string;
  /** Absent: the field is gone. */
  readonly to?: string;
}

export interface ShownEdit {
  readonly by: string;
  readonly groups: readonly string[];
  readonly at: string;
  readonly verb: string;
  readonly manager: string;
  readonly changes: readonly ShownChange[];
}

export interface ShownRecord {
  readonly record: string;
  readonly namespace: string;
  readonly repository: string;
  /** As formatKey writes it. */
  readonly object: string;
  /** pending, open or closed */
  readonly state: string;
  readonly class: string;
  readonly since: string;
  readonly decision: string;
  readonly decisionAt: string;
  /** "" where nothing is to come. */
  readonly until: string;
  readonly reason: string;
  readonly commit: string;
  readonly repeats: number;
  /** Oldest first. */
  readonly edits: readonly ShownEdit[];
}

/** What a DriftRecord says. */
export function readRecord(object: JsonObject): ShownRecord {
  const metadata = part(object, "metadata");
  const spec = part(object, "spec");
  const status = part(object, "status");
  const said = (name: string) => text(status, name);
  return {
    record: text(metadata, "name"),
    namespace: text(metadata, "namespace"),
    repository: text(spec, "repository"),
    object: objectOf(part(spec, "object")),
    state: said("state"),
    class: said("class"),
    since: said("since"),
    decision: said("decision"),
    decisionAt: said("decisionAt"),
    until: said("until"),
    reason: said("reason"),
    commit: said("commit"),
    repeats: number(status, "repeats"),
    edits: parts(status, "edits").map(readEdit),
  };
}

/** True until it is healed, committed or undone. */
export function isOpen({ state }: ShownRecord): boolean {
  return state !== "closed";
}

/** When it began, in milliseconds since the epoch. */
export function beganAt({ since }: ShownRecord): number {
  return parseTime(since) ?? 0;
}

/** The last thing that is known to have happened to it. */
export function lastAt(record: ShownRecord): number {
  const times = [record.since, record.decisionAt, ...record.edits.map(({ at }) => at)];
  return Math.max(...times.map(time => parseTime(time) ?? 0));
}

function objectOf(object: JsonObject): string {
  return formatKey({
    group: groupOf(text(object, "apiVersion")),
    kind: text(object, "kind"),
    namespace: text(object, "namespace"),
    name: text(object, "name"),
  });
}

function readEdit(edit: JsonObject): ShownEdit {
  return {
    by: text(edit, "by"),
    groups: texts(edit, "groups"),
    at: text(edit, "at"),
    verb: text(edit, "verb"),
    manager: text(edit, "manager"),
    changes: parts(edit, "changes").map(readChange),
  };
}

function readChange({ path, from, to }: JsonObject): ShownChange {
  return {
    path: typeof path === "string" ? path : "",
    ...(typeof from === "string" ? { from } : {}),
    ...(typeof to === "string" ? { to } : {}),
  };
}
