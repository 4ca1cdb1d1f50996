/** Measures how long a step of a sync takes, whatever comes of it. */
import type { SyncStep, World } from "../ports";

/** Resolves and rejects as the work does. */
export async function timed<T>(
  { clock, metrics }: Pick<World, "clock" | "metrics">,
  step: SyncStep,
  work: () => Promise<T>,
): Promise<T> {
  const began = clock.now();
  try {
    return await work();
  } finally {
    metrics.stepEnded(step, (clock.now() - began) / 1000);
  }
}
