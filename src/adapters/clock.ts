/** The clock of this machine. */
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Clock } from "../ports";

/** What a timer of Node holds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Timers do not keep the process alive by themselves. */
export const clock: Clock = {
  now: () => Date.now(),
  rfc3339: milliseconds => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`,
  breathe: () => setImmediate(),
  async sleep(milliseconds, signal) {
    signal.throwIfAborted();
    await setTimeout(Math.min(milliseconds, LONGEST_TIMER_MS), undefined, {
      signal,
      ref: false,
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  },
};
