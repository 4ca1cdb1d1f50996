/** Reads DriftRecords as they come from the API server, where anybody may have written anything. */
import type { Change, Edit, Episode } from "../../model/episode";
import { isList, isObject, type JsonObject } from "../../model/json";
import { groupOf } from "../../model/manifest";
import type { ObjectKey } from "../../model/object-key";
import type { Testimony } from "../../model/testimony";
import { parseTime } from "../../model/time";

/** The episode that recordOf wrote; undefined for what tells no episode, or none yet. Never throws. */
export function readRecord(object: unknown): Episode | undefined {
  return isPending(object) ? undefined : read(object);
}

/** What a pending record tells; undefined for every other. Never throws. */
export function readTestimony(object: unknown): Testimony | undefined {
  const found = isPending(object) ? read(object) : undefined;
  const edit = found?.edits[0];
  if (found === undefined || edit === undefined) return undefined;
  const { record, key, apiVersion, uid } = found;
  return { record, key, apiVersion, uid, edit };
}

function isPending(object: unknown): boolean {
  return objectOf(objectOf(object).status).state === "pending";
}

function read(object: unknown): Episode | undefined {
  const { metadata, spec, status } = objectOf(object);
  const record = textOf(objectOf(metadata).name);
  const about = readObject(objectOf(spec).object);
  const episode = readStatus(objectOf(status));
  if (record === undefined || about === undefined || episode === undefined) return undefined;
  return { record, ...about, ...episode };
}

function readObject(value: unknown): Pick<Episode, "key" | "apiVersion" | "uid"> | undefined {
  const { apiVersion, kind, namespace, name, uid } = objectOf(value);
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") {
    return undefined;
  }
  const key: ObjectKey = {
    group: groupOf(apiVersion),
    kind,
    namespace: textOf(namespace) ?? "",
    name,
  };
  return { key, apiVersion, uid: textOf(uid) ?? "" };
}

const CLASSES = ["manual_drift", "conflict"] as const;
const DECISIONS = [
  "waiting",
  "suspended",
  "left",
  "failed",
  "healed",
  "committed",
  "undone",
] as const;

/** But for `pending`, `state` only repeats what the decision says, and people read it: it is not asked. */
function readStatus(
  status: JsonObject,
): Omit<Episode, "record" | "key" | "apiVersion" | "uid"> | undefined {
  const drift = oneOf(CLASSES, status.class);
  const decision = oneOf(DECISIONS, status.decision);
  const since = timeOf(status.since);
  if (drift === undefined || decision === undefined || since === undefined) return undefined;
  return {
    class: drift,
    since,
    edits: listOf(status.edits).flatMap(edit => readEdit(edit) ?? []),
    fields: textsOf(status.fields),
    conflicts: textsOf(status.conflicts),
    repeats: countOf(status.repeats),
    decision,
    decisionAt: timeOf(status.decisionAt) ?? since,
    ...readPlans(status),
    reason: textOf(status.reason) ?? "",
    commit: textOf(status.commit) ?? "",
  };
}

function readPlans(status: JsonObject): Pick<Episode, "until" | "graceUntil"> {
  const until = timeOf(status.until);
  const graceUntil = timeOf(status.graceUntil);
  return {
    ...(until === undefined ? {} : { until }),
    ...(graceUntil === undefined ? {} : { graceUntil }),
  };
}

const VERBS = ["UPDATE", "SCALE", "DELETE", "CREATE"] as const;
const SOURCES = ["admission", "inferred"] as const;

/** The inverse of writeEdit; undefined for what tells no edit. */
export function readEdit(value: unknown): Edit | undefined {
  const edit = objectOf(value);
  const id = textOf(edit.id);
  const at = timeOf(edit.at);
  const verb = oneOf(VERBS, edit.verb);
  if (id === undefined || at === undefined || verb === undefined) return undefined;
  const manager = textOf(edit.manager);
  return {
    id,
    by: textOf(edit.by) ?? "unknown",
    ...(isList(edit.groups) ? { groups: textsOf(edit.groups) } : {}),
    at,
    verb,
    ...(manager === undefined ? {} : { manager }),
    source: oneOf(SOURCES, edit.source) ?? "inferred",
    changes: listOf(edit.changes).flatMap(change => readChange(change) ?? []),
  };
}

function readChange(value: unknown): Change | undefined {
  const change = objectOf(value);
  const [path, from, to] = [change.path, change.from, change.to].map(textOf);
  if (path === undefined) return undefined;
  return {
    path,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap(item => textOf(item) ?? []);
}

function timeOf(value: unknown): number | undefined {
  return typeof value === "string" ? parseTime(value) : undefined;
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(Number(value), 0) : 0;
}

function oneOf<T extends string>(words: readonly T[], value: unknown): T | undefined {
  return words.find(word => word === value);
}
