/** All that is known of the live objects of one repository: from lists, watches and the answers to its own writes. */
import { look, type Known } from "../core/drift/known";
import type { Reader } from "../core/drift/snapshot";
import { hasFinished, vanishes } from "../core/heal/finished";
import { isMeantToGo } from "../core/sync/recreate";
import { ANNOTATION_PRUNE } from "../model/annotations";
import type { Live, Sighting } from "../model/live";
import { kindId, type Desired, type KindInfo } from "../model/manifest";
import { formatKey } from "../model/object-key";
import { isLabelledAs, parseApplied, type OwnerMarks } from "../model/ownership";
import type { Clock, Follower } from "../ports";
import { createHolds } from "./holds";

/** What became of an object that is no longer there. */
export interface Gone {
  /** "" where that is not known. */
  readonly uid: string;
  /** The digest of the work that it had ended; absent: it was deleted by hand. */
  readonly finished?: string | undefined;
}

export interface KnowledgeOptions {
  readonly marks: OwnerMarks;
  readonly reader: Reader;
  readonly clock: Pick<Clock, "now">;
  /** Something is to be decided. */
  readonly changed: () => void;
}

/** Losing it costs requests, never correctness. Objects are named by formatKey. */
export class Knowledge {
  readonly #options: KnowledgeOptions;
  readonly #known = new Map<string, Known>();
  readonly #gone = new Map<string, Gone>();
  /** Objects that only a question can tell of: gone, or no longer labelled. */
  readonly #unsure = new Set<string>();
  /** uids of what was deleted, until its watch has told so: older events may still come. */
  readonly #removed = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #holds = createHolds();
  #wanted: ReadonlyMap<string, Desired> = new Map();
  /** Told of lists and watches. */
  readonly follower: Follower;

  constructor(options: KnowledgeOptions) {
    this.#options = options;
    const inTurn = (seen: Sighting, tell: () => void) =>
      this.#holds.inTurn(formatKey(seen.live.key), tell);
    this.follower = {
      labels: options.marks.labels,
      listed: (kind, sightings) => this.#listed(kind, sightings),
      changed: (kind, seen) => inTurn(seen, () => this.#told(kind, seen)),
      lost: (_, seen) => inTurn(seen, () => this.#lost(seen.live, hasFinished(seen.object))),
    };
  }

  get(id: string): Known | undefined {
    return this.#known.get(id);
  }

  /** "" where it is not there. */
  uidOf(id: string): string {
    return this.#known.get(id)?.live.uid ?? "";
  }

  gone(id: string): Gone | undefined {
    return this.#gone.get(id);
  }

  all(): ReadonlyMap<string, Known> {
    return this.#known;
  }

  /** What Git declares from now on. */
  expect(desired: ReadonlyMap<string, Desired>): void {
    this.#wanted = desired;
    // what comes back to Git one day was not deleted by hand
    for (const id of this.#gone.keys()) if (!desired.has(id)) this.#gone.delete(id);
  }

  set(id: string, known: Known): void {
    this.#known.set(id, known);
    this.#gone.delete(id);
    this.#unsure.delete(id);
  }

  /** A version that was asked for, whoever's it is: whoever asked decides about it. */
  see(kind: KindInfo, seen: Sighting): void {
    this.#see(kind, seen);
    this.#unsure.delete(formatKey(seen.live.key));
  }

  /** It was asked for, and is not there. */
  missed(id: string): void {
    const before = this.#known.get(id);
    const isMissed = before !== undefined && !this.#gone.has(id) && this.#isLoss(id, before.live);
    if (isMissed && this.#wasOurs(before)) this.#gone.set(id, { uid: before.live.uid });
    this.#known.delete(id);
  }

  /** It was deleted, and no hand did that. */
  removed(id: string, uid: string): void {
    if (this.#known.get(id)?.live.uid !== uid) return;
    this.#known.delete(id);
    this.#removed.add(uid);
  }

  /** It was there once, as another process has told. */
  markGone(id: string, what: Gone): void {
    this.#gone.set(id, what);
  }

  /** True where only a question can tell: it is gone, or not labelled as ours, or was never seen. */
  isUnsure(id: string): boolean {
    const known = this.#known.get(id);
    return known === undefined || this.#unsure.has(id) || !this.#isOurs(known.live);
  }

  /** Until the function is called, what watches tell of the object waits: its own write's event may come before the answer. */
  hold(id: string): () => void {
    return this.#holds.hold(id);
  }

  /** It is to be decided on anew. */
  touch(id: string): void {
    if (this.#wanted.has(id) || this.#known.has(id)) this.#tell(id);
  }

  #tell(id: string): void {
    this.#changed.add(id);
    this.#options.changed();
  }

  hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** Objects that are not as they were when they were last decided on; each is told once. */
  takeChanged(): readonly string[] {
    const ids = [...this.#changed];
    this.#changed.clear();
    return ids;
  }

  #see(kind: KindInfo, seen: Sighting): Known {
    const id = formatKey(seen.live.key);
    const before = this.#known.get(id);
    const { reader, clock } = this.#options;
    const after = look(before, seen, { kind, reader, now: clock.now() });
    this.#known.set(id, after);
    return after;
  }

  #told(kind: KindInfo, seen: Sighting): void {
    const id = formatKey(seen.live.key);
    if (this.#isOtherVersion(id, kind) || this.#removed.has(seen.live.uid)) return;
    const before = this.#known.get(id);
    const isOurs = this.#isOurs(seen.live);
    if (!isOurs && before?.live.uid !== seen.live.uid) return;
    if (isOurs) this.#unsure.delete(id);
    const after = this.#see(kind, seen);
    if (after !== before) this.#tellNews(id, before, after);
  }

  #tellNews(id: string, before: Known | undefined, after: Known): void {
    const isTold = this.#wanted.has(id) ? isNews(before, after) : isNewsOfOrphan(before, after);
    if (isTold) this.#tell(id);
  }

  /** The same object in two versions of its API has two sets of fields. */
  #isOtherVersion(id: string, kind: KindInfo): boolean {
    const desired = this.#wanted.get(id);
    return desired !== undefined && kindId(desired.kind) !== kindId(kind);
  }

  #listed(kind: KindInfo, sightings: readonly Sighting[]): void {
    const found = new Set(sightings.map(({ live }) => formatKey(live.key)));
    for (const seen of sightings) this.follower.changed(kind, seen);
    for (const [id, { kind: theirs, live }] of this.#known) {
      if (kindId(theirs) !== kindId(kind) || found.has(id) || this.#unsure.has(id)) continue;
      this.#holds.inTurn(id, () => this.#lost(live, this.#vanishes(id)));
    }
  }

  #lost(live: Live, isDone: boolean): void {
    const id = formatKey(live.key);
    // whoever deleted it has decided by that already
    if (this.#removed.delete(live.uid)) return;
    const before = this.#known.get(id);
    if (before === undefined ? !this.#isOurs(live) : before.live.uid !== live.uid) return;
    if (this.#wanted.has(id)) this.#lostDeclared(live, isDone);
    else this.#known.delete(id);
    this.#tell(id);
  }

  #lostDeclared(live: Live, isDone: boolean): void {
    const id = formatKey(live.key);
    this.#unsure.add(id);
    const finished = isDone ? parseApplied(live.annotations)?.digest : undefined;
    if (this.#wasOurs(this.#known.get(id)) && this.#isLoss(id, live)) {
      this.#gone.set(id, { uid: live.uid, finished });
    }
  }

  /** Nobody saw it go: work that cleans itself up has done so. */
  #vanishes(id: string): boolean {
    const desired = this.#wanted.get(id);
    return desired !== undefined && vanishes(desired.manifest);
  }

  /** What Git wants to be made anew may go, whoever deletes it. */
  #isLoss(id: string, live: Live): boolean {
    return !isMeantToGo(this.#wanted.get(id), live);
  }

  /** What was never applied by us is not missed either. */
  #wasOurs(known: Known | undefined): boolean {
    return known === undefined || known.snapshot !== undefined || this.#isOurs(known.live);
  }

  #isOurs({ labels }: Live): boolean {
    return isLabelledAs(this.#options.marks, labels);
  }
}

/** What may change the fate of an object that Git does not declare. */
function isNewsOfOrphan(before: Known | undefined, after: Known): boolean {
  const asked = (known: Known) => known.live.annotations[ANNOTATION_PRUNE];
  if (before === undefined || asked(before) !== asked(after)) return true;
  return hasNewState(before, after);
}

/** What has to be decided about: a field of ours differs, or no longer does, or somebody asks for something. */
function isNews(before: Known | undefined, after: Known): boolean {
  if (after.object !== undefined || before === undefined) return true;
  return before.object !== undefined || hasNewState(before, after);
}

function hasNewState(before: Known, after: Known): boolean {
  return (
    before.suspendHeal?.value !== after.suspendHeal?.value ||
    before.live.terminating !== after.live.terminating
  );
}
