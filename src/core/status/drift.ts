/** What the status of a GitRepository says of edits by hand and of suspensions. */
import type {
  DriftedObject,
  PendingObject,
  RepositoryStatus,
  SuspendedObject,
} from "../../model/git-repository";
import type { Episode, OpenDecision } from "../../model/episode";
import { formatKey } from "../../model/object-key";
import type { Report, Suspended } from "../../model/report";
import { secondsUp } from "../../model/time";

/** RFC 3339 of milliseconds since the epoch. */
export type FormatTime = (milliseconds: number) => string;

export type DriftStatus = {
  readonly [K in "driftCount" | "drift" | "suspended" | "pending"]: RepositoryStatus[K] | undefined;
};

/** So many of each list are told: a status is read by people, and kept small. */
export const NEWEST = 20;

/** Lists are absent where there is nothing to say; the count is always there. */
export function driftStatus(report: Report, rfc3339: FormatTime): DriftStatus {
  const { drift, suspended, held, commit = "" } = report;
  const newest = [...drift].sort((a, b) => b.since - a.since).slice(0, NEWEST);
  const latest = [...suspended].sort((a, b) => b.at - a.at).slice(0, NEWEST);
  const waiting = held.map(key => pendingOf(formatKey(key), commit, "suspended"));
  const kept = drift.filter(isPending).map(({ key }) => pendingOf(formatKey(key), commit, "held"));
  return {
    driftCount: drift.length,
    drift: orNothing(newest.map(episode => driftedObject(episode, rfc3339))),
    suspended: orNothing(latest.map(object => suspendedObject(object, rfc3339))),
    pending: orNothing([...report.unpruned, ...waiting, ...kept].slice(0, NEWEST)),
  };
}

/** What Git changed too, and may not have; what is suspended is pending as a whole. */
function isPending({ decision, conflicts }: Episode): boolean {
  return decision === "left" && conflicts.length > 0;
}

function pendingOf(
  object: string,
  commit: string,
  because: PendingObject["because"],
): PendingObject {
  return { object, commit, because };
}

function driftedObject(episode: Episode, rfc3339: FormatTime): DriftedObject {
  const { key, class: drift, fields, edits, since, decision, until, record } = episode;
  return {
    object: formatKey(key),
    class: drift,
    fields,
    who: edits.at(-1)?.by ?? "unknown",
    since: rfc3339(since),
    decision: decision as OpenDecision,
    ...(until === undefined ? {} : { until: rfc3339(secondsUp(until)) }),
    record,
  };
}

function suspendedObject(
  { key, at, until, reason, by = "unknown" }: Suspended,
  rfc3339: FormatTime,
): SuspendedObject {
  // what is sealed is told as the object itself tells it
  const end = (time: number) => rfc3339(by === "unknown" ? secondsUp(time) : time);
  return {
    object: formatKey(key),
    by,
    at: rfc3339(at),
    ...(until === undefined ? {} : { until: end(until) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function orNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
