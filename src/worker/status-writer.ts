/** Writes the status of one repository: one write at a time, the newest wins, none that changes nothing. */
import { sameStatus } from "../core/status/same";
import type { RepositoryStatus } from "../model/git-repository";
import type { Clock, Log } from "../ports";
import { aborted } from "./aborted";

export interface StatusWriter {
  /** The status as it is meant to be: what the next one is computed from. */
  current(): RepositoryStatus;
  /** The status as the API server has it, as far as is known. */
  written(): RepositoryStatus;
  set(status: RepositoryStatus): void;
  /** Resolves when the last status that was set is written, rejects when the signal is aborted. */
  flush(signal: AbortSignal): Promise<void>;
}

export interface StatusWriting {
  readonly initial: RepositoryStatus;
  readonly write: (status: RepositoryStatus) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the retries. */
  readonly life: AbortSignal;
}

const LONGEST_PAUSE_MS = 30_000;

/** A write that fails is tried again (with the newest status) until it succeeds or life ends. */
export function createStatusWriter(writing: StatusWriting): StatusWriter {
  let wanted = writing.initial;
  let written = writing.initial;
  let running: Promise<void> | undefined;

  /** False: try again after a pause. */
  async function write(target: RepositoryStatus): Promise<boolean> {
    try {
      await writing.write(target);
      written = target;
      return true;
    } catch (error) {
      writing.log.warn({ error: String(error) }, "status not written");
      return false;
    }
  }

  async function drain(): Promise<void> {
    let failures = 0;
    while (!sameStatus(wanted, written) && !writing.life.aborted) {
      if (await write(wanted)) failures = 0;
      else await pause(writing, failures++);
    }
    // in the same turn as the last comparison, so that no set is missed
    running = undefined;
  }

  return {
    current: () => wanted,
    written: () => written,
    set(status) {
      wanted = status;
      // a drain with nothing to write ends before it is assigned, and would pass for a running one for ever
      if (running === undefined && !sameStatus(wanted, written)) running = drain();
    },
    async flush(signal) {
      signal.throwIfAborted();
      await Promise.race([running, aborted(signal)]);
    },
  };
}

/** Ends early, and without complaint, when life does. */
async function pause({ clock, life }: StatusWriting, failures: number): Promise<void> {
  await clock.sleep(Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS), life).catch(() => undefined);
}
