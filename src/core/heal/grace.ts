/** When an edit by hand may be healed at the earliest. Times are milliseconds since the epoch. */
import { isOpen, type Episode } from "../../model/episode";
import { secondsUp } from "../../model/time";

export interface Grace {
  /** The episode so far; undefined: the drift is new. */
  readonly episode: Episode | undefined;
  /** spec.healGracePeriod */
  readonly graceMs: number | undefined;
  /** When this drift was first seen. */
  readonly detectedAt: number;
  readonly now: number;
}

/**
 * The end of the grace period, undefined where there is none. A deadline that stands is kept, whatever becomes of the
 * spec; a suspension that ended begins a full new one. Whole seconds, as records hold them: never earlier than asked.
 */
export function graceEnd({ episode, graceMs, detectedAt, now }: Grace): number | undefined {
  if (episode === undefined || !isOpen(episode)) return endAfter(detectedAt, graceMs);
  if (episode.decision === "suspended") return endAfter(now, graceMs);
  return episode.graceUntil ?? endAfter(episode.since, graceMs);
}

function endAfter(start: number, graceMs: number | undefined): number | undefined {
  return graceMs === undefined ? undefined : secondsUp(start + graceMs);
}
