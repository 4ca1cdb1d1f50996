/** Lets one at a time do what must not be done twice at once. */
import { unlessAborted } from "./unless-aborted";

export interface Turns {
  /** Resolves, first come, first served, with the function that ends the turn; rejects when the signal is aborted. */
  take(key: string, signal: AbortSignal): Promise<() => void>;
}

/** Keys are independent of each other; one that nobody uses is not remembered. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    take: async (key, signal) => {
      const before = last.get(key) ?? Promise.resolve();
      let end = (): void => undefined;
      const mine = new Promise<void>(resolve => {
        end = resolve;
      });
      const after = before.then(() => mine);
      last.set(key, after);
      void after.then(() => {
        if (last.get(key) === after) last.delete(key);
      });
      try {
        await unlessAborted(before, signal);
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
  };
}
