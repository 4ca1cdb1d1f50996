/** Which versions of a drift episode are news outside: it is detected once, and resolved once. */
import { isOpen, type Episode } from "../../model/episode";

export type DriftWord = "detected" | "resolved";

export interface DriftNews {
  /** In their order. */
  readonly words: readonly DriftWord[];
  /** It was told to be detected, and not to be resolved. */
  readonly isStanding: boolean;
}

/**
 * What a version after `before` is told as. A repeat that is healed at once is no news: a machine that fights over a
 * field would fill every channel. `wasStanding`: what the last answer said; undefined: nobody knows (a new process).
 */
export function driftNews(
  before: Episode | undefined,
  episode: Episode,
  wasStanding: boolean | undefined,
): DriftNews {
  const stood = wasStanding ?? stands(before);
  const isDetected = !stood && isNews(before, episode);
  const isTold = stood || isDetected;
  if (isOpen(episode)) return { words: isDetected ? ["detected"] : [], isStanding: isTold };
  const end: readonly DriftWord[] = isTold ? ["resolved"] : [];
  return { words: isDetected ? ["detected", ...end] : end, isStanding: false };
}

function stands(episode: Episode | undefined): boolean {
  return episode !== undefined && isOpen(episode) && isWorthTelling(episode);
}

/** One that is over when it is first heard of is told too, unless it only repeats. */
function isNews(before: Episode | undefined, episode: Episode): boolean {
  if (isOpen(episode)) return isWorthTelling(episode);
  return before === undefined && episode.repeats === 0;
}

function isWorthTelling({ repeats, decision, until }: Episode): boolean {
  return repeats === 0 || decision !== "waiting" || until !== undefined;
}
