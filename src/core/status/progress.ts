/** The status of a GitRepository while nopea works on it. */
import type { RepositoryStatus } from "../../model/git-repository";
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

/** Kinds are told before the first object of a new kind is written: whoever restarts must know where to look. */
export function statusWithKinds(
  status: RepositoryStatus,
  kinds: readonly string[],
): RepositoryStatus {
  const known = status.resources ?? { total: 0, kinds: [], orphanCount: 0, orphans: [] };
  return { ...status, resources: { ...known, kinds } };
}
