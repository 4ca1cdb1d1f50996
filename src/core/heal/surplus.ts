/** How many DriftRecords of a repository are kept: all that are open, and the newest of the closed ones. */
import { isOpen, type Episode } from "../../model/episode";

const KEPT_CLOSED = 50;

/** Those that are not kept: the closed ones before the newest 50, by when they were closed. */
export function surplus(episodes: readonly Episode[]): readonly Episode[] {
  const closed = episodes.filter(episode => !isOpen(episode));
  return closed.length <= KEPT_CLOSED ? [] : closed.sort(newestFirst).slice(KEPT_CLOSED);
}

function newestFirst(a: Episode, b: Episode): number {
  if (a.decisionAt !== b.decisionAt) return b.decisionAt - a.decisionAt;
  return a.record < b.record ? 1 : -1;
}
