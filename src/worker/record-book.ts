/** The DriftRecords of one repository as they are meant to be, beside what the API server has of them. */
import { textOfEpisode } from "../core/heal/record";
import { surplus } from "../core/heal/surplus";
import { isTooEarly } from "../core/sync/backoff";
import { isOpen, type Episode } from "../model/episode";

export interface Version {
  readonly episode: Episode;
  /** Equal for versions that say the same. */
  readonly text: string;
}

/** One record; undefined: not to be there, or not there. */
export interface Entry {
  readonly record: string;
  wanted: Version | undefined;
  written: Pick<Version, "text"> | undefined;
  /** Under way: nobody knows what the API server has of it. */
  busy: boolean;
  failures: number;
  /** The last few versions that were written. */
  sent: readonly string[];
  /** How often somebody else's version of it was seen. */
  disputes: number;
  /** Not tried before. */
  due: number;
  /** Called when what is wanted is written. */
  untold: readonly (() => void)[];
}

export type RecordBook = Map<string, Entry>;

/** This is what the record is meant to say from now on. */
export function want(
  book: RecordBook,
  episode: Episode,
  now: number,
  told: (() => void) | undefined,
): void {
  const entry = book.get(episode.record) ?? entryOf(episode.record);
  book.set(episode.record, entry);
  entry.wanted = versionOf(episode);
  if (told !== undefined) entry.untold = [...entry.untold, told];
  tellIfIn(entry);
  trim(book, now);
}

/** To the second it says what it said before, or a write got through whose answer was lost. */
export function tellIfIn(entry: Entry): void {
  const { busy, wanted, written } = entry;
  if (busy || wanted === undefined || wanted.text !== written?.text) return;
  for (const told of takeUntold(entry)) told();
}

/** Of the version that is wanted, and of those before it. */
export function takeUntold(entry: Entry): Entry["untold"] {
  const { untold } = entry;
  entry.untold = [];
  return untold;
}

/** It could not be written. */
export function giveBack(entry: Entry, untold: Entry["untold"]): void {
  entry.untold = [...untold, ...entry.untold];
}

/** It says what was wanted. */
export function wrote(entry: Entry, version: Version | undefined): void {
  entry.written = version;
  entry.failures = 0;
  if (version !== undefined) entry.sent = [...entry.sent, version.text].slice(-MOST_SENT);
}

const MOST_SENT = 5;

/** The record that is to be written next; undefined: all are as they are meant to be, or under way. */
export function soonest(book: RecordBook, now: number): Entry | undefined {
  let first: Entry | undefined;
  for (const entry of book.values()) {
    // told before the clock was set back
    const isLost = entry.due > now && !isTooEarly(entry.due, now, LONGEST_DISPUTE_MS);
    if (isLost) entry.due = now;
    const isEarlier = first === undefined || entry.due < first.due;
    if (isEarlier && isLeft(entry)) first = entry;
  }
  return first;
}

function isLeft({ busy, wanted, written }: Entry): boolean {
  return !busy && wanted?.text !== written?.text;
}

/** What the API server was known to have. */
export function remember(book: RecordBook): ReadonlyMap<string, Entry["written"]> {
  return new Map([...book].map(([record, { written }]) => [record, written]));
}

/** Takes over what the API server holds, apart from what was written since `before`, while it was asked. */
export function takeOver(
  book: RecordBook,
  before: ReturnType<typeof remember>,
  listed: readonly Episode[],
  now: number,
): void {
  const found = new Map(listed.map(episode => [episode.record, versionOf(episode)]));
  for (const entry of [...book.values()]) {
    const last = before.get(entry.record);
    if (entry.written === last) correct(entry, last, found.get(entry.record));
    tellIfIn(entry);
    forget(book, entry);
  }
  for (const [record, version] of found) {
    if (!book.has(record) && !before.has(record)) book.set(record, entryOf(record, version));
  }
  trim(book, now);
}

/** A watch shows this of it; undefined: it is gone. What is under way will be shown once more. */
export function notice(
  book: RecordBook,
  record: string,
  { found, now }: { readonly found: Episode | undefined; readonly now: number },
): void {
  const entry = book.get(record);
  const version = found && versionOf(found);
  if (entry === undefined || entry.busy || version?.text === entry.written?.text) return;
  correct(entry, entry.written, version);
  tellIfIn(entry);
  forget(book, entry);
  entry.due = now + pauseOf(entry, version);
}

/** Somebody who insists is not fought; an older version of our own, which comes late, is no dispute. */
function pauseOf(entry: Entry, version: Version | undefined): number {
  if (version?.text === entry.wanted?.text) return -Infinity;
  if (version !== undefined && entry.sent.includes(version.text)) return FIRST_DISPUTE_MS;
  return Math.min(FIRST_DISPUTE_MS * 2 ** entry.disputes++, LONGEST_DISPUTE_MS);
}

const FIRST_DISPUTE_MS = 1_000;
const LONGEST_DISPUTE_MS = 300_000;

/** It is not meant to be there. */
export function discard(book: RecordBook, record: string): void {
  if (book.get(record)?.wanted !== undefined) return;
  book.set(record, { ...entryOf(record), written: { text: "whatever it says" } });
}

/** Records of this process that are not among these, though they were written. */
export function missing(book: RecordBook, found: ReadonlySet<string>): readonly string[] {
  return [...book].flatMap(([record, { written }]) =>
    written === undefined || found.has(record) ? [] : [record],
  );
}

function correct(entry: Entry, last: Entry["written"], found: Version | undefined): void {
  entry.written = found;
  // people may delete what is over
  if (last !== undefined && found === undefined && isClosed(entry)) entry.wanted = undefined;
}

/** Drops what is neither there nor meant to be. */
export function forget(book: RecordBook, entry: Entry): void {
  const { record, wanted, written, busy } = entry;
  if (wanted !== undefined || written !== undefined || busy) return;
  book.delete(record);
  // of hundreds of episodes only the newest are recorded, but all of them have been
  for (const told of takeUntold(entry)) told();
}

/** Of closed ones only the newest are meant to be there. */
function trim(book: RecordBook, now: number): void {
  const wanted = [...book.values()].flatMap(entry => entry.wanted?.episode ?? []);
  for (const entry of surplus(wanted, now).flatMap(({ record }) => book.get(record) ?? [])) {
    entry.wanted = undefined;
    forget(book, entry);
  }
}

function isClosed({ wanted }: Entry): boolean {
  return wanted !== undefined && !isOpen(wanted.episode);
}

function entryOf(record: string, version?: Version): Entry {
  return {
    record,
    wanted: version,
    written: version,
    busy: false,
    failures: 0,
    disputes: 0,
    sent: [],
    due: -Infinity,
    untold: [],
  };
}

function versionOf(episode: Episode): Version {
  return { episode, text: textOfEpisode(episode) };
}
