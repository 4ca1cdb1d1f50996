/** Remembers which open drift episodes an audience was told of, so that each is detected once and resolved once. */
import { driftNews, type DriftWord } from "../core/tell/drift-news";
import { isOpen, type Episode } from "../model/episode";

export interface DriftMemory {
  /** What this version, after `before`, is told as. */
  wordsFor(before: Episode | undefined, episode: Episode): readonly DriftWord[];
  /** The same for an audience that wants to hear of nothing new: only what it knows of ends. */
  endsFor(episode: Episode): readonly DriftWord[];
}

/** Far more than are open at once; a bound all the same, since repositories go without a word. */
const MOST = 20_000;

/** Knows nothing of what an earlier process told, beyond what `before` shows of it. */
export function createDriftMemory(): DriftMemory {
  const standing = new Map<string, boolean>();

  function remember(episode: Episode, isStanding: boolean): void {
    const { record } = episode;
    standing.delete(record);
    if (isOpen(episode)) standing.set(record, isStanding);
    const [oldest = record] = standing.keys();
    if (standing.size > MOST) standing.delete(oldest);
  }

  return {
    wordsFor(before, episode) {
      const { words, isStanding } = driftNews(before, episode, standing.get(episode.record));
      remember(episode, isStanding);
      return words;
    },
    endsFor(episode) {
      const stood = standing.get(episode.record) ?? false;
      remember(episode, stood);
      return stood && !isOpen(episode) ? ["resolved"] : [];
    },
  };
}
