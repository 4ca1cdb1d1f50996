/** Notices that somebody undoes what nopea heals, again and again, and slows down. */

/** Milliseconds since the epoch. */
export interface Fight {
  /** Heals of the last ten minutes. */
  readonly heals: readonly number[];
  /** Heals since there were too many of them; 0: no fight. */
  readonly rounds: number;
}

const WINDOW_MS = 600_000;
/** So many heals in the window are no fight yet. */
const PATIENCE = 5;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;

export const PEACE: Fight = { heals: [], rounds: 0 };

/** The fight after one more heal. */
export function afterHeal(fight: Fight, now: number): Fight {
  const before = withinWindow(fight, now);
  const heals = [...before.heals, now];
  const rounds = before.rounds > 0 || heals.length >= PATIENCE ? before.rounds + 1 : 0;
  return { heals, rounds };
}

/** When the object may be healed again: after a fifth heal in ten minutes 10 s later, then 20, 40 … 300. */
export function calmUntil(fight: Fight, now: number): number {
  const { heals, rounds } = withinWindow(fight, now);
  const last = heals.at(-1);
  if (rounds === 0 || last === undefined) return 0;
  return last + Math.min(FIRST_PAUSE_MS * 2 ** (rounds - 1), LONGEST_PAUSE_MS);
}

/** When it is over unless it goes on; undefined: there is none. */
export function peaceAt({ heals, rounds }: Fight): number | undefined {
  const last = heals.at(-1);
  return rounds === 0 || last === undefined ? undefined : last + WINDOW_MS;
}

/** Heals of the last ten minutes where they are too many; 0: no fight. */
export function healsInFight(fight: Fight, now: number): number {
  const { heals, rounds } = withinWindow(fight, now);
  return rounds === 0 ? 0 : heals.length;
}

/** Ten minutes without a heal end a fight; heals of the future are from before the clock was set back. */
function withinWindow({ heals, rounds }: Fight, now: number): Fight {
  const recent = heals.filter(at => now - at < WINDOW_MS && at <= now);
  return recent.length === 0 ? PEACE : { heals: recent, rounds };
}
