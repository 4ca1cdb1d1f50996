/** Deletes one object, and counts what came of it. */
import type { Removal, RemovalOutcome } from "../model/removal";
import type { World } from "../ports";

/** Rejects as Cluster does. */
export async function remove(
  { cluster, metrics }: Pick<World, "cluster" | "metrics">,
  removal: Removal,
  signal: AbortSignal,
): Promise<RemovalOutcome> {
  const outcome = await cluster.remove(removal, signal);
  metrics.deleted(outcome.result);
  return outcome;
}
