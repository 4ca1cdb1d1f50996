/** Starts a Pepr process again when it ends by itself, as a kubelet would. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PeprProcess } from "./pepr-process";

const pauseMs = 1_000;

/** Keeps it running until the signal aborts, telling each end and each new start. */
export async function keepRunning(
  target: PeprProcess,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const aborted = new Promise<undefined>(resolve => {
    signal.addEventListener("abort", () => resolve(undefined));
  });
  for (;;) {
    const end = await Promise.race([target.ended(), aborted]);
    if (end === undefined || signal.aborted) return;
    say(`${end}; starting it again (log: ${target.log})`);
    await sleep(pauseMs);
    await target.start().catch((error: unknown) => say(String(error)));
  }
}
