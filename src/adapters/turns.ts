/** Lets so many at a time talk to one receiver, first come, first served. */

export interface Turns {
  /** Resolves with the function that ends the turn; rejects once the signal is aborted. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** Each turn must be ended once. */
export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  /** Whoever waits takes the turn over: nobody can slip in between. */
  const end = () => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (running < atOnce) running++;
      else await new Promise<void>(resolve => waiting.push(resolve));
      return end;
    },
  };
}
