/** Lets so many work at once, first come, first served. */

export interface Slots {
  /** Resolves with the function that gives the slot back; rejects when the signal is aborted while waiting. */
  take(signal: AbortSignal): Promise<() => void>;
  /** How many wait for one. */
  waiting(): number;
}

/** `limit` is read each time a slot is given, so that it may change. */
export function createSlots(limit: () => number): Slots {
  const waiting = new Set<() => void>();
  let taken = 0;

  function serve(): void {
    for (const start of waiting) {
      if (taken >= limit()) return;
      waiting.delete(start);
      taken++;
      start();
    }
  }

  function giveBack(): void {
    taken--;
    serve();
  }

  return {
    waiting: () => waiting.size,
    take: signal =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const start = () => {
          signal.removeEventListener("abort", leave);
          resolve(once(giveBack));
        };
        const leave = () => {
          waiting.delete(start);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", leave, { once: true });
        waiting.add(start);
        serve();
      }),
  };
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
