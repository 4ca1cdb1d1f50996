/** Tells of a trouble when it begins and when it is over: what is tried again for hours would fill the log. */
import type { Log } from "../../ports";

export interface Trouble {
  begins(error: unknown): void;
  over(): void;
}

/** The two messages that it tells. */
export function createTrouble(log: Log, begun: string, ended: string): Trouble {
  let troubled = false;
  return {
    begins(error) {
      if (!troubled) log.warn({ error: String(error) }, begun);
      troubled = true;
    },
    over() {
      if (troubled) log.info({}, ended);
      troubled = false;
    },
  };
}
