/** The orphans of a repository: which there are, and what becomes of each. Asks nobody. */
import type { Known } from "../core/drift/known";
import { suspensionOf } from "../core/heal/healing";
import { findUndeclared } from "../core/sync/orphans";
import { fateOf, isProtected, neededBy, type Fate, type Orphan } from "../core/sync/prune";
import type { PendingObject } from "../model/git-repository";
import { kindId } from "../model/manifest";
import { formatKey, type ObjectKey } from "../model/object-key";
import { isLabelledAs, type OwnerMarks } from "../model/ownership";
import type { Gates } from "./gates";
import type { Knowledge } from "./knowledge";
import type { PruneWish, Target } from "./target";

/** What is asked for, and what is known. */
export interface Orphanage {
  readonly target: Pick<Target, "commit" | "desired">;
  readonly wish: PruneWish;
  readonly marks: OwnerMarks;
  readonly knowledge: Pick<Knowledge, "all">;
  readonly gates: Pick<Gates, "commitOf" | "isEdited">;
  /** Everything that Git declares is in. */
  readonly isComplete: boolean;
}

export interface JudgedOrphan {
  readonly orphan: Orphan;
  readonly fate: Fate;
}

export interface Judgement {
  readonly orphans: readonly JudgedOrphan[];
  /** Labelled as ours, but never applied by us: left alone. */
  readonly copies: readonly ObjectKey[];
}

/** `going`: uids of what was deleted and is not gone yet. */
export function judgeOrphans(
  orphanage: Orphanage,
  going: ReadonlySet<string>,
  now: number,
): Judgement {
  const { target, wish, isComplete, marks, knowledge } = orphanage;
  const found = findUndeclared(knowledge.all(), target.desired, marks);
  const orphans = found.orphans.map(known => orphanOf(known, going, orphanage));
  const isNeeded =
    orphans.length === 0
      ? () => false
      : neededBy(orphans, target.desired.values(), wish.isHurried === true);
  const pruning = { ...wish, isComplete, isNeeded, now };
  return {
    orphans: orphans.map(orphan => ({ orphan, fate: fateOf(orphan, pruning) })),
    copies: found.copies.map(({ live: { key } }) => key),
  };
}

function orphanOf(known: Known, going: ReadonlySet<string>, orphanage: Orphanage): Orphan {
  const { kind, live, base } = known;
  const { gates, wish, target } = orphanage;
  const commit = gates.commitOf(live.key);
  const confirmed = [commit, target.commit].includes(wish.confirmed ?? "");
  return {
    kind,
    live,
    base,
    suspension: suspensionOf(known),
    isEdited: gates.isEdited(formatKey(live.key)),
    isGoing: going.has(live.uid),
    unconfirmed: confirmed || wish.isLeaving === true ? undefined : commit,
  };
}

/** Pruning is about it: it is neither kept for good nor on its way. */
export function isAsked({ fate }: JudgedOrphan): boolean {
  return fate !== "kept" && fate !== "going";
}

const PENDING: ReadonlySet<Fate> = new Set<PendingObject["because"]>([
  "suspended",
  "held",
  "confirm-prune",
]);

/** What the status says of those that wait for somebody; first what a later process has to know. */
export function pendingOf(
  orphans: readonly JudgedOrphan[],
  commit: string,
  gates: Pick<Gates, "commitOf">,
): readonly PendingObject[] {
  const waiting = orphans.flatMap(({ orphan, fate }) =>
    isPending(fate) ? [{ key: orphan.live.key, because: fate }] : [],
  );
  const order = ({ key, because }: (typeof waiting)[number]) =>
    because !== "confirm-prune" ? 2 : isProtected(key) ? 1 : 0;
  return [...waiting]
    .sort((a, b) => order(a) - order(b))
    .map(({ key, because }) => ({
      object: formatKey(key),
      commit: (because === "confirm-prune" ? gates.commitOf(key) : undefined) ?? commit,
      because,
    }));
}

function isPending(fate: Fate): fate is PendingObject["because"] {
  return PENDING.has(fate);
}

/** Something that this repository applied before is still declared; what cannot be looked at now was there before. */
export function hasSurvivors(
  { desired, unavailable, knownKinds }: Target,
  knowledge: Pick<Knowledge, "get">,
  marks: OwnerMarks,
): boolean {
  return [...desired].some(([id, { kind }]) => {
    const known = knowledge.get(id);
    if (known === undefined)
      return unavailable.has(kindId(kind)) && knownKinds.includes(kindId(kind));
    return isLabelledAs(marks, known.live.labels);
  });
}
