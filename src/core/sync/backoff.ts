/** How long to leave alone what failed. */

const SECONDS = [5, 10, 20, 40, 60];

/**
 * True until `at` for what is left alone for `longestMs` at most. When the clock is set back, the time that was told is
 * far away: whoever waits for it would wait for hours.
 */
export function isTooEarly(at: number, now: number, longestMs = backoff(Infinity)): boolean {
  return at > now && at - now <= longestMs;
}

/** Milliseconds to wait after the nth failure in a row (1, 2, …): 5, 10, 20, 40, then 60 s each. */
export function backoff(failures: number): number {
  const index = Math.min(Math.max(failures, 1), SECONDS.length) - 1;
  return (SECONDS[index] ?? 60) * 1000;
}
