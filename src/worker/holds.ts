/** Makes what is told of an object wait while somebody writes it. */

export interface Holds {
  /** Now, or when the hold on the object ends. */
  inTurn(id: string, tell: () => void): void;
  /** Returns the function that ends it; a second call of it does nothing. */
  hold(id: string): () => void;
}

/** One hold an object at a time. */
export function createHolds(): Holds {
  const waiting = new Map<string, (() => void)[]>();
  return {
    inTurn(id, tell) {
      const line = waiting.get(id);
      if (line === undefined) tell();
      else line.push(tell);
    },
    hold(id) {
      waiting.set(id, []);
      return () => {
        const line = waiting.get(id) ?? [];
        waiting.delete(id);
        for (const tell of line) tell();
      };
    },
  };
}
