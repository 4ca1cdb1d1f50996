/** How much of what comes in may be in memory at once, all deliveries together. */

export interface Budget {
  /** False: too many are there already. */
  enter(): boolean;
  /** False: so many bytes more are too many; then nothing is taken. */
  take(bytes: number): boolean;
  /** Ends one delivery, with all that it took. */
  leave(bytes: number): void;
}

export function createBudget(limit: {
  readonly deliveries: number;
  readonly bytes: number;
}): Budget {
  let deliveries = 0;
  let bytes = 0;
  return {
    enter() {
      if (deliveries >= limit.deliveries) return false;
      deliveries++;
      return true;
    },
    take(more) {
      if (bytes + more > limit.bytes) return false;
      bytes += more;
      return true;
    },
    leave(taken) {
      deliveries--;
      bytes -= taken;
    },
  };
}
