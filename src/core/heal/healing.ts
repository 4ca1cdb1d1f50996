/** Puts together what a decision about drift depends on, from what is known of the object and what is asked for. */
import { isOpen, type Edit, type Episode } from "../../model/episode";
import type { ObjectDrift } from "../../model/drift";
import type { FieldPattern } from "../../model/field-path";
import { parseTime } from "../../model/time";
import type { Known } from "../drift/known";
import { calmUntil, type Fight } from "./fights";
import { graceEnd } from "./grace";
import type { Healing, HealRules } from "./judge-fields";
import { isScaledByHand } from "./scaled-by-hand";
import { shownPath } from "./shown";
import { isSuspended, readSuspension, type Suspension } from "./suspension";

/** Times are milliseconds since the epoch. */
export interface Situation {
  readonly known: Known | undefined;
  readonly kind: string;
  readonly episode: Episode | undefined;
  readonly fight: Fight;
  /** Edits that the admission hook saw and that no object can carry, newest first. */
  readonly testified: readonly Edit[];
  readonly rules: HealRules;
  readonly graceMs: number | undefined;
  readonly ignored: readonly FieldPattern[];
  readonly drift: ObjectDrift;
  /** Edits from before count from then: nobody was watching. */
  readonly watchingSince: number;
  readonly now: number;
}

/** Total: what is not known restricts nothing. */
export function healingOf(situation: Situation): Healing {
  const { known, kind, episode, fight, testified, rules, graceMs, ignored, now } = situation;
  const conflicts = episode !== undefined && isOpen(episode) ? episode.conflicts : [];
  const detectedAt = detectionOf(situation);
  const isNews = hasNews(situation);
  return {
    ...rules,
    suspended: isSuspended(suspensionOf(known), now),
    ignored,
    autoscaled: isScaledByHand({ known, edits: [...testified, ...editsOf(episode)] })
      ? []
      : (known?.autoscaled ?? []),
    wasConflict: path => isOneOf(conflicts, path, kind),
    graceUntil: graceEnd({ episode, graceMs, isNews, detectedAt, now }),
    calmUntil: calmUntil(fight, now),
    now,
  };
}

/** Newest first, of one that is open. */
function editsOf(episode: Episode | undefined): readonly Edit[] {
  return episode !== undefined && isOpen(episode) ? [...episode.edits].reverse() : [];
}

/** True where the episode does not tell of some of it yet. */
function hasNews({ drift, episode, kind }: Situation): boolean {
  const told = episode?.fields ?? [];
  if (drift.object !== "present") return told.length > 0;
  return drift.fields.some(({ path }) => !isOneOf(told, path, kind));
}

/** Records show paths without the values that stand in some of them, whatever may be shown now. */
function isOneOf(shownPaths: readonly string[], path: string, kind: string): boolean {
  if (shownPaths.length === 0) return false;
  const spellings = [path, shownPath(path, kind, "safe"), shownPath(path, kind, "all")];
  return spellings.some(spelling => shownPaths.includes(spelling));
}

/** The hook cut its beginning to a second: a duration ends within the second that was told, never before it is over. */
function wholeSecond({ until }: Suspension, value: string): Pick<Suspension, "until"> {
  if (until === undefined || parseTime(value) !== undefined) return {};
  return { until: until + SECOND_MS - 1 };
}

const SECOND_MS = 1_000;

/** When the drift that there is now was first seen. */
export function detectionOf({
  known,
  watchingSince,
  now,
}: Pick<Situation, "known" | "watchingSince" | "now">): number {
  const { changedAt = now, stamped = [] } = known ?? {};
  // the edit is older than the event that tells of it; stamps hold whole seconds, and nothing heals early
  const [first] = stamped;
  const editedAt = Math.min(changedAt, first === undefined ? changedAt : first.at + SECOND_MS);
  // the future is from before the clock was set back
  return Math.min(Math.max(editedAt, watchingSince), now);
}

/** Of the live object: in Git it does not count. */
export function suspensionOf(known: Known | undefined): Suspension | undefined {
  if (known?.suspendHeal === undefined) return undefined;
  const { at, by } = known.suspendHeal;
  const suspension = readSuspension(known.live.annotations, at);
  return by === undefined || suspension === undefined
    ? suspension
    : { ...suspension, ...wholeSecond(suspension, known.suspendHeal.value), by };
}

/** True where everything is as our own apply left it, but the episode does not know it yet: the edit was put back. */
export function isUndone(episode: Episode | undefined, known: Known | undefined): boolean {
  const isAsApplied = known?.snapshot !== undefined && known.object === undefined;
  return isAsApplied && episode !== undefined && isOpen(episode);
}
