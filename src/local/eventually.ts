/** Waits for something to come true by trying again. */
import { setTimeout as sleep } from "node:timers/promises";

/** The first result that neither throws nor is undefined or false; after the time, the last reason why not. */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  timeoutMs: number,
  everyMs = 50,
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const outcome = await once(attempt);
    if ("result" in outcome) return outcome.result;
    if (Date.now() >= deadline) throw tooLate(timeoutMs, outcome.reason);
    await sleep(everyMs);
  }
}

type Outcome<T> = { readonly result: Exclude<T, undefined | false> } | { readonly reason: unknown };

async function once<T>(attempt: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const result = await attempt();
    if (result === undefined || result === false)
      return { reason: `it was still ${String(result)}` };
    return { result: result as Exclude<T, undefined | false> };
  } catch (reason) {
    return { reason };
  }
}

function tooLate(timeoutMs: number, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`not within ${timeoutMs} ms: ${why}`, { cause });
}
