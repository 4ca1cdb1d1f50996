/** The status of a GitRepository while nopea works on it. */
import type { PendingObject, RepositoryStatus } from "../../model/git-repository";
import { NEWEST } from "./drift";
import { progressConditions, suspendedConditions, type ConditionContext } from "./conditions";

/** Before the first attempt. observedGeneration waits until something was done about the generation. */
export function statusBefore(context: ConditionContext): RepositoryStatus {
  const conditions = progressConditions("Waiting for the first sync", context);
  return { ...context.previous, phase: "Initializing", conditions };
}

/** While spec.suspend is true: everything else stays as the last sync left it. */
export function statusSuspended(context: ConditionContext): RepositoryStatus {
  return {
    ...context.previous,
    observedGeneration: context.generation,
    phase: "Suspended",
    conditions: suspendedConditions(context),
  };
}

/** From the moment a commit is worked on. */
export function statusDuring(commit: string, context: ConditionContext): RepositoryStatus {
  const what = `Applying commit ${commit.slice(0, 12)} of ${context.branch}`;
  return {
    ...context.previous,
    phase: "Syncing",
    lastAttemptedCommit: commit,
    conditions: progressConditions(what, context),
  };
}

/**
 * Told before the first write: the kinds of what is written, since whoever restarts must know where to look, and what
 * may not be pruned, since what is new looks like what was there before as soon as it is in.
 */
export function statusAhead(status: RepositoryStatus, { kinds, pending }: Ahead): RepositoryStatus {
  const known = status.resources ?? { total: 0, kinds: [], orphanCount: 0, orphans: [] };
  const others = (status.pending ?? []).filter(({ because }) => because !== "confirm-prune");
  const all = [...pending, ...others].slice(0, NEWEST);
  const next = { ...status, resources: { ...known, kinds } };
  return pending.length === 0 ? next : { ...next, pending: all };
}

/** What has to be in the status before anything is written. */
export interface Ahead {
  readonly kinds: readonly string[];
  readonly pending: readonly PendingObject[];
}

/** True where a status has all of it. */
export function tells(status: RepositoryStatus, { kinds, pending }: Ahead): boolean {
  const known = status.resources?.kinds ?? [];
  const told = new Set((status.pending ?? []).map(textOf));
  const wanted = pending.slice(0, NEWEST);
  return kinds.every(kind => known.includes(kind)) && wanted.every(one => told.has(textOf(one)));
}

function textOf({ object, commit, because }: PendingObject): string {
  return `${because} ${commit} ${object}`;
}
