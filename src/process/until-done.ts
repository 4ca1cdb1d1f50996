/** Work at the start of a process that nothing else can replace. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../ports";

const RETRY_MS = 5_000;

/** Tries for as long as it takes: without an API server there is nothing else to do. */
export async function untilDone(
  { log, life }: { readonly log: Log; readonly life: AbortSignal },
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      await work();
      log.info({ what }, "start");
      return;
    } catch (error) {
      log.warn({ what, error: String(error) }, "start waits");
      // before Pepr listens, nothing else keeps the process alive
      await sleep(RETRY_MS, undefined, { signal: life });
    }
  }
}
