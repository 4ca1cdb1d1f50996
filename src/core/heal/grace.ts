/** When an edit by hand may be healed at the earliest. Times are milliseconds since the epoch. */
import { isOpen, type Episode } from "../../model/episode";
import { secondsUp } from "../../model/time";

export interface Grace {
  /** The episode so far; undefined: the drift is new. */
  readonly episode: Episode | undefined;
  /** spec.healGracePeriod */
  readonly graceMs: number | undefined;
  /** Some of what differs the episode does not tell of yet. */
  readonly isNews: boolean;
  /** When this drift was first seen. */
  readonly detectedAt: number;
  readonly now: number;
}

/**
 * The end of the grace period, undefined where there is none. A deadline that stands is kept, whatever becomes of the
 * spec; a suspension that ended begins a full new one, and so does an edit after the deadline, where something else has
 * kept the episode open. Whole seconds, as records hold them: never earlier than asked.
 */
export function graceEnd(grace: Grace): number | undefined {
  const { episode, graceMs, isNews, detectedAt, now } = grace;
  if (episode === undefined || !isOpen(episode)) return endAfter(detectedAt, graceMs);
  if (episode.decision === "suspended") return endAfter(now, graceMs);
  const end = standingEnd(episode, grace);
  return isNews && isOver(end, episode, now) ? endAfter(now, graceMs) : end;
}

/** Of an episode of the future the clock was set back since: its grace period begins anew at most. */
function standingEnd({ graceUntil, since }: Episode, { graceMs, now }: Grace): number | undefined {
  const end = graceUntil ?? endAfter(since, graceMs);
  const most = since > now ? endAfter(now, graceMs) : undefined;
  return end === undefined || most === undefined ? end : Math.min(end, most);
}

/** Not while what it was for still waits to be healed. */
function isOver(end: number | undefined, { decision }: Episode, now: number): boolean {
  return end !== undefined && end <= now && decision !== "waiting";
}

function endAfter(start: number, graceMs: number | undefined): number | undefined {
  return graceMs === undefined ? undefined : secondsUp(start + graceMs);
}
