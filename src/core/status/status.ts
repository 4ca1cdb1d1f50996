/** Turns the report of a sync into the status of its GitRepository. */
import type { ManagedResources, RepositoryStatus } from "../../model/git-repository";
import { formatKey } from "../../model/object-key";
import { firstFault, type Report } from "../../model/report";
import { driftStatus, NEWEST, type FormatTime } from "./drift";
import { failureConditions, successConditions, type ConditionContext } from "./conditions";

export interface StatusContext extends ConditionContext {
  /** The annotation nopea.io/sync-at that this sync answers. */
  readonly syncAt?: string | undefined;
  readonly rfc3339: FormatTime;
}

/** The whole status after a sync; equal to `context.previous` where nothing changed. */
export function statusAfter(report: Report, context: StatusContext): RepositoryStatus {
  const { previous, generation, rfc3339 } = context;
  const good = firstFault(report) === undefined;
  return withoutUndefined({
    ...previous,
    observedGeneration: generation,
    phase: good ? "Synced" : "Failed",
    ...commitsAfter(report, context, good),
    lastHandledSyncAt: context.syncAt ?? previous.lastHandledSyncAt,
    ...(report.looked ? { ...driftStatus(report, rfc3339), resources: resourcesOf(report) } : {}),
    conditions: good ? successConditions(report, context) : failureConditions(report, context),
  });
}

function commitsAfter(report: Report, { previous, now }: StatusContext, good: boolean) {
  const lastSyncedCommit = good ? report.commit : previous.lastSyncedCommit;
  const moved = report.writes > 0 || lastSyncedCommit !== previous.lastSyncedCommit;
  return {
    lastSyncedCommit,
    lastAttemptedCommit: report.commit ?? previous.lastAttemptedCommit,
    lastSyncTime: moved ? later(now, previous.lastSyncTime) : previous.lastSyncTime,
  };
}

/** lastSyncTime never moves backwards, whatever the clock does; RFC 3339 in UTC sorts as text. */
function later(now: string, before: string | undefined): string {
  return before !== undefined && before > now ? before : now;
}

function resourcesOf({ total, kinds, orphans }: Report): ManagedResources {
  return {
    total,
    kinds,
    orphanCount: orphans.length,
    orphans: orphans.slice(0, NEWEST).map(({ key }) => formatKey(key)),
  };
}

type MaybeStatus = { readonly [K in keyof RepositoryStatus]: RepositoryStatus[K] | undefined };

function withoutUndefined(status: MaybeStatus): RepositoryStatus {
  const entries = Object.entries(status).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}
