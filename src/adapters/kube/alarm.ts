/** Wakes the one who waits; rings that nobody waits for are one. */
import { unlessAborted } from "../unless-aborted";

export interface Alarm {
  ring(): void;
  /** Whoever waits has seen to what it has rung for until now. */
  hush(): void;
  /** Resolves once it has rung since it last did. Rejects with the signal's reason. */
  rung(signal: AbortSignal): Promise<void>;
}

/** For one who waits, silent at first. */
export function createAlarm(): Alarm {
  let ringing = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      ringing = true;
      wake();
    },
    hush() {
      ringing = false;
    },
    async rung(signal) {
      if (!ringing) await unlessAborted(new Promise<void>(resolve => (wake = resolve)), signal);
      ringing = false;
    },
  };
}
