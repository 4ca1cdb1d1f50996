/** All that is known of the live objects of one repository: from lists, watches and the answers to its own writes. */
import { look, type Known } from "../core/drift/known";
import type { Reader } from "../core/drift/snapshot";
import { hasFinished } from "../core/heal/finished";
import type { Live, Sighting } from "../model/live";
import { kindId, type Desired, type KindInfo } from "../model/manifest";
import { formatKey } from "../model/object-key";
import { parseApplied, type OwnerMarks } from "../model/ownership";
import type { Clock, Follower } from "../ports";

/** What became of an object that is no longer there. */
export interface Gone {
  readonly uid: string;
  /** The digest of the work that it had ended; absent: it was deleted by hand. */
  readonly finished?: string | undefined;
}

export interface Knowledge {
  /** To be told of lists and watches. */
  readonly follower: Follower;
  get(id: string): Known | undefined;
  gone(id: string): Gone | undefined;
  /** Every object that is known, by formatKey. */
  all(): Iterable<readonly [string, Known]>;
  /** What Git declares from now on: only of that, changes are told. */
  expect(desired: ReadonlyMap<string, Desired>): void;
  set(id: string, known: Known): void;
  /** A version that was asked for, whoever's it is: whoever asked decides about it. */
  see(kind: KindInfo, seen: Sighting): void;
  /** It was asked for, and is not there. */
  missed(id: string): void;
  /** It was there once, as another process has told. */
  markGone(id: string, what: Gone): void;
  /** True where only a question can tell: it is gone, or no longer labelled, or was never seen. */
  isUnsure(id: string): boolean;
  /** Until `end`, what watches tell of the object waits: our own write's event may come before its answer. */
  hold(id: string): () => void;
  /** Objects that are not as they were when they were last decided on; each is told once. */
  takeChanged(): readonly string[];
  hasChanged(): boolean;
  touch(id: string): void;
}

export interface KnowledgeOptions {
  readonly marks: OwnerMarks;
  readonly reader: Reader;
  readonly clock: Pick<Clock, "now">;
  /** Something is to be decided. */
  readonly changed: () => void;
}

type Telling = () => void;

interface Seen {
  readonly id: string;
  readonly before: Known | undefined;
  readonly after: Known;
}

/** Losing it costs requests, never correctness. */
export function createKnowledge({ marks, reader, clock, changed }: KnowledgeOptions): Knowledge {
  const known = new Map<string, Known>();
  const unsure = new Set<string>();
  const gone = new Map<string, Gone>();
  const dirty = new Set<string>();
  const held = new Map<string, Telling[]>();
  let wanted: ReadonlyMap<string, Desired> = new Map();

  function touch(id: string): void {
    if (!wanted.has(id)) return;
    dirty.add(id);
    changed();
  }

  function see(kind: KindInfo, seen: Sighting): Seen {
    const id = formatKey(seen.live.key);
    const before = known.get(id);
    const after = look(before, seen, { kind, reader, now: clock.now() });
    known.set(id, after);
    if (before?.live.uid !== after.live.uid) gone.delete(id);
    return { id, before, after };
  }

  function told(kind: KindInfo, seen: Sighting): void {
    const id = formatKey(seen.live.key);
    const desired = wanted.get(id);
    // the same object in two versions of its API has two sets of fields
    if (desired !== undefined && kindId(desired.kind) !== kindId(kind)) return;
    const isOurs = isLabelled(seen.live, marks);
    if (!isOurs && known.get(id)?.live.uid !== seen.live.uid) return;
    if (isOurs) unsure.delete(id);
    const { before, after } = see(kind, seen);
    if (after !== before && isNews(before, after)) touch(id);
  }

  function lost({ live, object }: Sighting): void {
    const id = formatKey(live.key);
    const before = known.get(id);
    if (before !== undefined && before.live.uid !== live.uid) return;
    if (before === undefined && !isLabelled(live, marks)) return;
    const finished = hasFinished(object) ? parseApplied(live.annotations)?.digest : undefined;
    gone.set(id, { uid: live.uid, finished });
    unsure.add(id);
    if (!wanted.has(id)) known.delete(id);
    touch(id);
  }

  /** Now, or when the write that is under way has been answered. */
  function inTurn(id: string, telling: Telling): void {
    const waiting = held.get(id);
    if (waiting === undefined) telling();
    else waiting.push(telling);
  }

  function listed(kind: KindInfo, sightings: readonly Sighting[]): void {
    const found = new Set(sightings.map(({ live }) => formatKey(live.key)));
    for (const seen of sightings) inTurn(formatKey(seen.live.key), () => told(kind, seen));
    for (const [id, { kind: theirs, live }] of known) {
      if (kindId(theirs) !== kindId(kind) || found.has(id) || unsure.has(id)) continue;
      inTurn(id, () => lost({ live, object: {} }));
    }
  }

  return {
    follower: {
      labels: marks.labels,
      listed,
      changed: (kind, seen) => inTurn(formatKey(seen.live.key), () => told(kind, seen)),
      lost: (_, seen) => inTurn(formatKey(seen.live.key), () => lost(seen)),
    },
    get: id => known.get(id),
    gone: id => gone.get(id),
    all: () => known,
    expect: desired => void (wanted = desired),
    set: (id, after) => {
      known.set(id, after);
      gone.delete(id);
      unsure.delete(id);
    },
    see(kind, seen) {
      const { id } = see(kind, seen);
      // an object that lost our label is not watched: it stays a question
      if (isLabelled(seen.live, marks)) unsure.delete(id);
    },
    missed(id) {
      const before = known.get(id);
      if (before !== undefined && !gone.has(id)) gone.set(id, { uid: before.live.uid });
      known.delete(id);
    },
    markGone: (id, what) => void gone.set(id, what),
    isUnsure: id => unsure.has(id) || !known.has(id),
    hold(id) {
      if (!held.has(id)) held.set(id, []);
      return () => {
        const waiting = held.get(id) ?? [];
        held.delete(id);
        for (const telling of waiting) telling();
      };
    },
    takeChanged() {
      const ids = [...dirty];
      dirty.clear();
      return ids;
    },
    hasChanged: () => dirty.size > 0,
    touch,
  };
}

/** What has to be decided about: a field of ours differs, or no longer does, or somebody asks for something. */
function isNews(before: Known | undefined, after: Known): boolean {
  return (
    after.object !== undefined ||
    before?.object !== undefined ||
    before?.suspendHeal?.value !== after.suspendHeal?.value ||
    before?.live.terminating !== after.live.terminating
  );
}

function isLabelled({ labels }: Live, marks: OwnerMarks): boolean {
  return Object.entries(marks.labels).every(([name, value]) => labels[name] === value);
}
