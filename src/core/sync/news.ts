/** Whether what a look at Git has found is worth a walk, and worth telling. */
import type { RepositoryStatus } from "../../model/git-repository";

/** What is asked for now. */
export interface Wish {
  /** Of the GitRepository. */
  readonly generation: number;
  /** Value of the annotation nopea.io/sync-at. */
  readonly syncAt?: string | undefined;
  /** The branch's commit. */
  readonly tip: string;
}

/** What the last attempt dealt with. */
export interface Settled {
  readonly commit: string | undefined;
  readonly generation: number;
}

/** True when the last attempt of this process has dealt with exactly this. */
export function isSettled(
  { generation, syncAt, tip }: Wish,
  settled: Settled | undefined,
  status: RepositoryStatus,
): boolean {
  return (
    settled?.commit === tip &&
    settled.generation === generation &&
    (syncAt === undefined || syncAt === status.lastHandledSyncAt)
  );
}

/** A new commit, spec or wish is shown as Syncing; trying again what failed is not. */
export function isNews({ generation, syncAt, tip }: Wish, status: RepositoryStatus): boolean {
  const { lastAttemptedCommit, observedGeneration, lastHandledSyncAt } = status;
  const asked = syncAt !== undefined && syncAt !== lastHandledSyncAt;
  return asked || lastAttemptedCommit !== tip || observedGeneration !== generation;
}
