/** Work at the start of a process that nothing else can replace. */
import { clock } from "../adapters/clock";
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
      await clock.sleep(RETRY_MS, life);
    }
  }
}
