/** Gives the event loop back while long work goes on, and stops the work when its signal is aborted. */
import { setImmediate } from "node:timers/promises";

const SLICE_MS = 8;

export interface Pacer {
  /** Whether the work has held the loop long enough. */
  due(): boolean;
  /** Lets everything else have its turn; rejects with the signal's reason once it is aborted. */
  rest(): Promise<void>;
}

/** Makes the pacer of one piece of work. */
export function createPacer(signal: AbortSignal): Pacer {
  let since = performance.now();
  return {
    due: () => performance.now() - since > SLICE_MS,
    rest: async () => {
      await setImmediate();
      signal.throwIfAborted();
      since = performance.now();
    },
  };
}
