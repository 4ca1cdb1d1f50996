/** nopea's finalizer is on a GitRepository while its deletionPolicy is Delete, and only then. */
import type { Repository, RepositorySpec } from "../model/git-repository";
import type { World } from "../ports";

/** Before anything is written that would have to go with it. Rejects where it cannot be had. */
export async function keepFinalizer(
  { cluster }: Pick<World, "cluster">,
  { id, isFinalized }: Repository,
  { deletionPolicy }: RepositorySpec,
  signal: AbortSignal,
): Promise<void> {
  const isWanted = deletionPolicy === "Delete";
  if (isWanted !== isFinalized) await cluster.setFinalizer(id, isWanted, signal);
}
