/** Sleeps until a time, or until somebody nudges; a nudge while nobody sleeps is kept for the next sleep. */
import type { Clock } from "../ports";

export interface Alarm {
  /** Resolves at the time, or at a nudge; rejects when the signal is aborted. */
  wait(until: () => number, signal: AbortSignal): Promise<void>;
  nudge(): void;
  /** The time may have changed: whoever sleeps asks for it again. */
  reset(): void;
}

/** Timers hold 24.8 days at most; an hour at a time also follows a clock that is set. */
const LONGEST_SLEEP_MS = 3_600_000;

/** Any number of nudges before a wait count as one. */
export function createAlarm(clock: Clock): Alarm {
  let nudged = false;
  let wake: (() => void) | undefined;

  /** True where nobody ended it early. */
  async function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    const ended = new AbortController();
    const nudge = new Promise<false>(resolve => (wake = () => resolve(false)));
    const stop = () => ended.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([clock.sleep(milliseconds, ended.signal).then(() => true), nudge]);
    } finally {
      signal.removeEventListener("abort", stop);
      wake = undefined;
      ended.abort();
    }
  }

  return {
    nudge() {
      nudged = true;
      wake?.();
    },
    reset: () => wake?.(),
    async wait(until, signal) {
      for (let left = until() - clock.now(); !nudged && left > 0; ) {
        signal.throwIfAborted();
        const span = Math.min(left, LONGEST_SLEEP_MS);
        const due = until();
        const isSlept = await sleep(span, signal);
        const rest = until() - clock.now();
        // timers run on when the clock is set back: what was slept counts
        left = isSlept && until() === due ? Math.min(rest, left - span) : rest;
      }
      nudged = false;
    },
  };
}
