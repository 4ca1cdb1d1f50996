/** Writes the DriftRecords of one repository: one write of each at a time, the newest version wins, none that changes nothing. */
import type { Episode } from "../model/episode";
import { nameOf, type RepositoryId } from "../model/git-repository";
import type { Clock, DriftRecords, Log, Pulse } from "../ports";
import { aborted } from "./aborted";
import { createAlarm } from "./alarm";
import {
  discard,
  forget,
  giveBack,
  missing,
  notice,
  remember,
  soonest,
  takeOver,
  takeUntold,
  tellIfIn,
  want,
  wrote,
  type Entry,
  type RecordBook,
} from "./record-book";

export interface RecordWriter {
  /**
   * Returns at once; the record is written in the background, until it is in or life ends. `told` is called when the
   * API server has this version, or one that came after it.
   */
  set(episode: Episode, told?: () => void): void;
  /**
   * Those that the API server holds. Open ones that are not there, or not as they were written, are written again;
   * closed ones that somebody deleted stay deleted.
   */
  load(signal: AbortSignal): Promise<readonly Episode[]>;
  /** What a watch shows of a record; undefined: it is gone. What somebody else has made of it is put right. */
  noticed(record: string, found: Episode | undefined): void;
  /** All that there are of the repository, after a gap in the watch. */
  listed(found: ReadonlyMap<string, Episode | undefined>): void;
  /** Takes away a record that turned out to tell nothing. */
  discard(record: string): void;
  /** Resolves when all that was set is written, or life has ended; rejects when the signal is aborted. */
  flush(signal: AbortSignal): Promise<void>;
}

export interface RecordWriting {
  readonly records: DriftRecords;
  readonly repository: RepositoryId;
  readonly clock: Clock;
  readonly log: Log;
  readonly pulse: Pulse;
  /** Ends the retries. */
  readonly life: AbortSignal;
}

/** A write that fails is tried again with the newest version, while the others go on. */
export function createRecordWriter(writing: RecordWriting): RecordWriter {
  const book: RecordBook = new Map();
  const drain = createDrain(writing, book);
  return {
    set(episode, told) {
      want(book, episode, writing.clock.now(), told);
      drain.wake();
    },
    async load(signal) {
      const before = remember(book);
      const listed = await writing.records.list(writing.repository, signal);
      takeOver(book, before, listed, writing.clock.now());
      drain.wake();
      return listed;
    },
    noticed(record, found) {
      notice(book, record, { found, now: writing.clock.now() });
      drain.wake();
    },
    listed(found) {
      const now = writing.clock.now();
      for (const [record, episode] of found) notice(book, record, { found: episode, now });
      for (const record of missing(book, new Set(found.keys()))) {
        notice(book, record, { found: undefined, now });
      }
      drain.wake();
    },
    discard(record) {
      discard(book, record);
      drain.wake();
    },
    async flush(signal) {
      signal.throwIfAborted();
      await Promise.race([drain.running(), aborted(signal)]);
    },
  };
}

interface Drain {
  /** The book has changed. */
  wake(): void;
  /** Resolves when the book and the API server say the same; undefined: they do. */
  running(): Promise<void> | undefined;
}

/** As many as there are writes of objects at once: what a walk undoes is recorded while it does. */
const AT_ONCE = 16;

function createDrain(writing: RecordWriting, book: RecordBook): Drain {
  const { clock, life } = writing;
  const alarm = createAlarm(clock);
  const look = () => soonest(book, clock.now());
  let underWay = 0;
  let running: Promise<void> | undefined;

  function begin(entry: Entry): void {
    underWay++;
    void write(writing, book, entry).finally(() => {
      underWay--;
      alarm.nudge();
    });
  }

  async function drain(): Promise<void> {
    for (let next = look(); next !== undefined || underWay > 0; next = look()) {
      if (life.aborted) break;
      const due = next === undefined || underWay === AT_ONCE ? Infinity : next.due;
      if (next !== undefined && due <= clock.now()) begin(next);
      else await alarm.wait(() => due, life).catch(() => undefined);
    }
    // in the same turn as the last look, so that no set is missed
    running = undefined;
  }

  return {
    running: () => running,
    wake() {
      alarm.nudge();
      // a drain with nothing to write ends before it is assigned, and would pass for a running one for ever
      if (running === undefined && look() !== undefined) running = drain();
    },
  };
}

/** Requests give up after a minute. */
const RECORDS = { loop: "records", limitMs: 120_000 } as const;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

async function write(writing: RecordWriting, book: RecordBook, entry: Entry): Promise<void> {
  const { records, repository, clock, log, pulse, life } = writing;
  const { record, wanted } = entry;
  const untold = takeUntold(entry);
  const end = pulse.begin({ ...RECORDS, repository: nameOf(repository) });
  entry.busy = true;
  try {
    if (wanted === undefined) await records.remove(repository, record, life);
    else await records.write(repository, wanted.episode, life);
    wrote(entry, wanted);
    for (const told of untold) told();
  } catch (error) {
    giveBack(entry, untold);
    entry.due = clock.now() + Math.min(FIRST_PAUSE_MS * 2 ** entry.failures++, LONGEST_PAUSE_MS);
    if (!life.aborted) log.warn({ record, error: String(error) }, "drift record not written");
  } finally {
    end();
    entry.busy = false;
  }
  tellIfIn(entry);
  forget(book, entry);
}
