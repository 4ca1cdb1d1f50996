/** What the loops of all workers are busy with, so that one that is stuck can be seen. */
import { isStuck } from "../core/health/health";
import type { Work } from "../model/health";
import type { Clock, Log, Pulse } from "../ports";

export interface Heartbeat extends Pulse {
  /** What is under way. What is stuck is named in the log, once. */
  works(): readonly Work[];
}

/** Costs an entry in a set for each thing that is under way. */
export function createPulse(clock: Pick<Clock, "now">, log: Pick<Log, "error">): Heartbeat {
  const busy = new Set<Work>();
  const told = new WeakSet<Work>();
  const tell = (work: Work) => {
    if (told.has(work) || !isStuck(work, clock.now())) return;
    told.add(work);
    const { loop, repository, since } = work;
    log.error({ loop, repository, seconds: (clock.now() - since) / 1000 }, "a loop is stuck");
  };
  return {
    begin(work) {
      const entry = { ...work, since: clock.now() };
      busy.add(entry);
      return () => void busy.delete(entry);
    },
    works() {
      busy.forEach(tell);
      return [...busy];
    },
  };
}
