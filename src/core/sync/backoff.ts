/** How long to leave alone what failed. */

const SECONDS = [5, 10, 20, 40, 60];

/** Milliseconds to wait after the nth failure in a row (1, 2, …): 5, 10, 20, 40, then 60 s each. */
export function backoff(failures: number): number {
  const index = Math.min(Math.max(failures, 1), SECONDS.length) - 1;
  return (SECONDS[index] ?? 60) * 1000;
}
