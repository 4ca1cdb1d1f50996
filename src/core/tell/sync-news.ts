/** What of a sync is worth telling outside: the difference between the status before it and the one after. */
import type { Happening } from "../../model/happening";
import type { RepositoryStatus } from "../../model/git-repository";
import type { Fault } from "../../model/verdict";
import { firstFault, type Report } from "../../model/report";

export interface Transition {
  readonly before: RepositoryStatus;
  readonly after: RepositoryStatus;
  readonly report: Report;
}

/** At most one: a commit came in, a failure is over, or one has begun; the same found again is no news. */
export function syncNews(transition: Transition): readonly Happening[] {
  const fault = firstFault(transition.report);
  return fault === undefined ? successNews(transition) : failureNews(transition, fault);
}

function failureNews({ before, after, report }: Transition, fault: Fault): readonly Happening[] {
  const { reason = "", message = "" } = readyOf(after) ?? {};
  if (isFailed(before) && readyOf(before)?.reason === reason) return [];
  return [{ what: "failed", commit: report.commit, reason, message, fault }];
}

function successNews({ before, after, report }: Transition): readonly Happening[] {
  const commit = after.lastSyncedCommit;
  const previous = before.lastSyncedCommit;
  if (commit === undefined || (commit === previous && !isFailed(before))) return [];
  const { total, created, updated } = report;
  const counts = { total, created: created.length, updated: updated.length };
  return [{ what: "synced", commit, previous, ...counts }];
}

function isFailed(status: RepositoryStatus): boolean {
  return readyOf(status)?.status === "False";
}

function readyOf({ conditions = [] }: RepositoryStatus) {
  return conditions.find(({ type }) => type === "Ready");
}
