/** ULIDs that only grow: within a millisecond, and when the clock is set back. */
import { monotonicFactory } from "ulid";

/** Ids sort as they were made; their time part is `now` (milliseconds since the epoch), or the latest seen. */
export function createIds(now: () => number): () => string {
  const next = monotonicFactory();
  // the factory itself keeps the last time when the seed is not later
  return () => next(now());
}
