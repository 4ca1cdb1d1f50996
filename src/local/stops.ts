/** What must be undone at the end, however the end comes: Ctrl-C, SIGTERM, or a part that died. */

export interface Stops {
  /** Aborted as soon as the end begins. */
  readonly signal: AbortSignal;
  /** Done at the end, the last added first. */
  add(stop: () => Promise<void>): void;
  /** Ends because something that should go on has not. */
  fail(reason: string): void;
  /** Ends now. */
  stop(exitCode: number): Promise<void>;
}

/** Ends everything at the first signal; at the second at once, leaving the rest to the guards. */
export function onSignal(say: (line: string) => void): Stops {
  const ending = new AbortController();
  const stops: (() => Promise<void>)[] = [];
  const stop = async (exitCode: number) => {
    if (ending.signal.aborted) return;
    ending.abort();
    for (const one of stops.reverse()) await one().catch(() => undefined);
    process.exit(exitCode);
  };
  const interrupted = () => {
    if (ending.signal.aborted) process.exit(1);
    say("Stopping …");
    void stop(0);
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", interrupted);
  process.on("SIGHUP", interrupted);
  return {
    signal: ending.signal,
    add: one => stops.push(one),
    fail: reason => {
      if (ending.signal.aborted) return;
      say(reason);
      void stop(1);
    },
    stop,
  };
}
