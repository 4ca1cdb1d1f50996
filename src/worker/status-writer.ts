/** Writes the status of one repository: one write at a time, the newest wins, none that changes nothing. */
import { sameStatus } from "../core/status/same";
import type { RepositoryStatus } from "../model/git-repository";
import type { Clock, Log } from "../ports";
import { aborted } from "./aborted";
import { createUntold } from "./untold";

export interface StatusWriter {
  /** The status as it is meant to be: what the next one is computed from. */
  current(): RepositoryStatus;
  /** The status as the API server has it, as far as is known. */
  written(): RepositoryStatus;
  /** `told` is called when the API server has this status, or one that came after it. */
  set(status: RepositoryStatus, told?: () => void): void;
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
  const untold = createUntold();

  async function write(target: RepositoryStatus): Promise<boolean> {
    const telling = untold.count();
    if (!(await tryToWrite(writing, target))) return false;
    written = target;
    untold.tell(telling);
    return true;
  }

  async function drain(): Promise<void> {
    let failures = 0;
    while (!sameStatus(wanted, written) && !writing.life.aborted) {
      if (await write(wanted)) failures = 0;
      else await pause(writing, failures++);
    }
    // what was set meanwhile, and taken back
    if (!writing.life.aborted) untold.tell(untold.count());
    // in the same turn as the last comparison, so that no set is missed
    running = undefined;
  }

  return {
    current: () => wanted,
    written: () => written,
    set(status, told) {
      wanted = status;
      untold.add(told);
      if (running !== undefined) return;
      // a drain with nothing to write ends before it is assigned, and would pass for a running one for ever
      if (sameStatus(wanted, written)) untold.tell(untold.count());
      else running = drain();
    },
    async flush(signal) {
      signal.throwIfAborted();
      await Promise.race([running, aborted(signal)]);
    },
  };
}

/** False: try again after a pause. */
async function tryToWrite(
  { write, log }: StatusWriting,
  target: RepositoryStatus,
): Promise<boolean> {
  try {
    await write(target);
    return true;
  } catch (error) {
    log.warn({ error: String(error) }, "status not written");
    return false;
  }
}

/** Ends early, and without complaint, when life does. */
async function pause({ clock, life }: StatusWriting, failures: number): Promise<void> {
  await clock.sleep(Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS), life).catch(() => undefined);
}
