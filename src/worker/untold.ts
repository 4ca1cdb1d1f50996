/** What is told when a write is in, in the order in which it was set. */

export interface Untold {
  add(told: (() => void) | undefined): void;
  /** How many wait now: what is set during a write waits for the next. */
  count(): number;
  /** Tells the first so many. */
  tell(count: number): void;
}

/** Empty. */
export function createUntold(): Untold {
  let waiting: readonly (() => void)[] = [];
  return {
    add(told) {
      if (told !== undefined) waiting = [...waiting, told];
    },
    count: () => waiting.length,
    tell(count) {
      const due = waiting.slice(0, count);
      waiting = waiting.slice(count);
      for (const told of due) told();
    },
  };
}
