/** What the admission hook saw and no watch has confirmed yet: kept for a moment, then used or dropped. */
import type { Edit } from "../model/episode";
import { formatKey } from "../model/object-key";
import type { Testimony } from "../model/testimony";
import type { Clock } from "../ports";

export interface Testimonies {
  add(testimony: Testimony): void;
  /** A record that tells nothing: whoever made it may have been ended in the middle. */
  suspect(record: string): void;
  /** It tells something by now, or is gone. */
  clear(record: string): void;
  /** Edits of an object, newest first. A uid of "" is one that nobody knows. */
  of(id: string, uid: string): readonly Edit[];
  /** These edits are told of: what is pending about them goes, but for the record that tells of them. */
  confirm(edits: readonly Edit[], record: string): void;
}

export interface TestimoniesOptions {
  readonly clock: Clock;
  /** True for one whose object has not ended yet: a deletion may take its time. */
  readonly isUnderWay: (testimony: Testimony) => boolean;
  /** Takes a pending record away. */
  readonly discard: (record: string) => void;
  readonly life: AbortSignal;
}

/** A write that was seen at admission has been stored by then, or it was refused. */
const PENDING_MS = 10_000;

export function createTestimonies(options: TestimoniesOptions): Testimonies {
  const { clock, isUnderWay, discard, life } = options;
  const pending = new Map<string, Testimony>();
  const suspects = new Set<string>();

  async function wait(testimony: Testimony): Promise<void> {
    const { record } = testimony;
    do await clock.sleep(PENDING_MS, life);
    while (pending.get(record) === testimony && isUnderWay(testimony));
    if (pending.get(record) !== testimony) return;
    pending.delete(record);
    discard(record);
  }

  async function waitFor(record: string): Promise<void> {
    await clock.sleep(PENDING_MS, life);
    if (suspects.delete(record)) discard(record);
  }

  return {
    suspect(record) {
      suspects.add(record);
      waitFor(record).catch(ended);
    },
    clear: record => void suspects.delete(record),
    add(testimony) {
      if (pending.has(testimony.record)) return;
      pending.set(testimony.record, testimony);
      wait(testimony).catch(ended);
    },
    of: (id, uid) => editsOf([...pending.values()], id, uid),
    confirm(edits, told) {
      for (const [record, { edit }] of pending) {
        if (!edits.some(({ id }) => id === edit.id)) continue;
        pending.delete(record);
        if (record !== told) discard(record);
      }
    },
  };
}

/** A rejection only says that the worker has ended. */
const ended = () => undefined;

function editsOf(pending: readonly Testimony[], id: string, uid: string): readonly Edit[] {
  return pending
    .filter(({ key, uid: of }) => formatKey(key) === id && (uid === "" || uid === of))
    .map(({ edit }) => edit)
    .reverse();
}
