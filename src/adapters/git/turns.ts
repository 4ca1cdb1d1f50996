/** Lets so many at a time do what must not be done by all at once. */
import { unlessAborted } from "../unless-aborted";

export interface Turns {
  /** Resolves, first come, first served, with the function that ends the turn; rejects when the signal is aborted. */
  take(key: string, signal: AbortSignal): Promise<() => void>;
}

/** Keys are independent of each other; one that nobody uses is not remembered. */
export function createTurns(atOnce = 1): Turns {
  /** Turns under way and waited for, in their order: each resolves when it ends. */
  const lines = new Map<string, Promise<void>[]>();

  function leave(key: string, turn: Promise<void>): void {
    const line = (lines.get(key) ?? []).filter(other => other !== turn);
    if (line.length === 0) lines.delete(key);
    else lines.set(key, line);
  }

  async function wait(line: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
    const running = new Set(line);
    for (const turn of line) void turn.then(() => running.delete(turn));
    while (running.size >= atOnce) await unlessAborted(Promise.race(running), signal);
  }

  return {
    take: async (key, signal) => {
      let end = (): void => undefined;
      const turn = new Promise<void>(resolve => {
        end = resolve;
      });
      const before = lines.get(key) ?? [];
      lines.set(key, [...before, turn]);
      void turn.then(() => leave(key, turn));
      try {
        await wait(before, signal);
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
  };
}
