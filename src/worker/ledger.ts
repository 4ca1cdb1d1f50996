/** What stands about each object after the last decision on it: result, suspension, and when to decide again. */
import { resultOf, type Told } from "../core/report/summarise";
import { backoff } from "../core/sync/backoff";
import { isSuspended, type Suspension } from "../core/heal/suspension";
import { isOpen, type Episode } from "../model/episode";
import { describeError } from "../model/errors";
import { formatKey } from "../model/object-key";
import type { Autoscaled, Suspended } from "../model/report";
import type { StepOutcome } from "../model/outcome";
import type { Fault, Verdict } from "../model/verdict";

/** Milliseconds since the epoch. */
export interface Entry {
  readonly verdict: Verdict;
  readonly outcome: StepOutcome | undefined;
  readonly suspension: Suspension | undefined;
  /** Of the live object; "" where there is none. */
  readonly uid: string;
  readonly episode: Episode | undefined;
  /** When what was refused may be tried again. */
  readonly retryAt: number | undefined;
  /** It was decided on apart from a walk, after which whatever waits is walked again. */
  readonly isHealing: boolean;
  /** Nothing tells of a change of it: it has to be asked for. */
  readonly isUnseen: boolean;
  /** When a fight over it is over, unless it goes on. */
  readonly peaceAt: number | undefined;
  readonly judgedAt: number;
  readonly now: number;
  readonly intervalMs: number;
}

export interface Ledger {
  enter(entry: Entry): void;
  /** Objects that Git no longer declares are forgotten. */
  keepOnly(isDeclared: (id: string) => boolean): void;
  told(): ReadonlyMap<string, Told>;
  suspended(now: number): readonly Suspended[];
  autoscaled(): readonly Autoscaled[];
  dueAt(): number;
  /** Objects whose time has come, each once; all that wait for one when the clock was set back: theirs may be hours away. */
  takeDue(now: number): readonly string[];
}

export function createLedger(): Ledger {
  const told = new Map<string, Told>();
  const suspensions = new Map<string, Suspended>();
  const dues = new Map<string, number>();
  const autoscaled = new Map<string, Autoscaled>();
  let latest = 0;
  return {
    enter(entry) {
      const { verdict, outcome, suspension, uid } = entry;
      const { key, kind } = verdict.desired;
      const ref = { key, apiVersion: kind.apiVersion, uid };
      const id = formatKey(key);
      told.set(id, resultOf(verdict, outcome));
      if (suspension === undefined) suspensions.delete(id);
      else suspensions.set(id, { ...ref, ...suspension });
      const fields = autoscaledFields(verdict);
      if (fields.length === 0) autoscaled.delete(id);
      else autoscaled.set(id, { ...ref, fields });
      const due = dueAt(entry);
      if (due === Infinity) dues.delete(id);
      else dues.set(id, due);
    },
    keepOnly(isDeclared) {
      const gone = [...told.keys()].filter(id => !isDeclared(id));
      for (const map of [told, suspensions, autoscaled, dues])
        gone.forEach(id => void map.delete(id));
    },
    told: () => told,
    suspended: now => [...suspensions.values()].filter(suspension => isSuspended(suspension, now)),
    autoscaled: () => [...autoscaled.values()],
    dueAt: () => Math.min(Infinity, ...dues.values()),
    takeDue(now) {
      const isSetBack = now < latest;
      latest = now;
      const ids = [...dues].flatMap(([id, at]) => (at <= now || isSetBack ? [id] : []));
      for (const id of ids) dues.delete(id);
      return ids;
    },
  };
}

function autoscaledFields({ drift }: Verdict): readonly string[] {
  const held = drift?.fields.filter(({ hold }) => hold === "autoscaled") ?? [];
  return held.map(({ drift: { path } }) => path);
}

/** Infinity: only a change of the object, of Git or of the GitRepository matters. */
function dueAt(entry: Entry): number {
  const { suspension, episode, retryAt, peaceAt, judgedAt } = entry;
  const waiting = episode !== undefined && isOpen(episode) ? episode.until : undefined;
  const times = [suspension?.until, waiting, retryAt ?? lookAgainAt(entry), peaceAt];
  // a time that had passed was decided on, whatever came of it
  return Math.min(
    Infinity,
    ...times.flatMap(time => (time !== undefined && time > judgedAt ? [time] : [])),
  );
}

/** What waits for something that no watch tells of, or is left as somebody made it, is looked at again. */
function lookAgainAt(entry: Entry): number | undefined {
  const { verdict, isUnseen, isHealing, now, intervalMs } = entry;
  const isWaiting = verdict.action === "wait" || verdict.action === "refuse";
  if (isWaiting && isHealing) return now + Math.min(intervalMs, longestPause(verdict.fault));
  return isUnseen ? now + intervalMs : undefined;
}

/** What people mend is not left for a whole interval. */
function longestPause({ code }: Fault): number {
  return describeError(code).retry === "backoff" ? backoff(Infinity) : Infinity;
}
