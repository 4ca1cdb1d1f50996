/** How many DriftRecords of a repository are kept: all that are open, and the newest of the closed ones. */
import { isOpen, type Episode } from "../../model/episode";

const KEPT_CLOSED = 50;

/**
 * Those that are not kept: the closed ones before the newest 50, by when they were closed. What was closed in the future
 * is from before the clock was set back.
 */
export function surplus(episodes: readonly Episode[], now: number): readonly Episode[] {
  const closed = episodes.filter(episode => !isOpen(episode));
  if (closed.length <= KEPT_CLOSED) return [];
  const past = closed.filter(({ decisionAt }) => decisionAt <= now).sort(newestFirst);
  const future = closed.filter(({ decisionAt }) => decisionAt > now).sort(newestFirst);
  return [...past, ...future].slice(KEPT_CLOSED);
}

function newestFirst(a: Episode, b: Episode): number {
  if (a.decisionAt !== b.decisionAt) return b.decisionAt - a.decisionAt;
  return a.record < b.record ? 1 : -1;
}
