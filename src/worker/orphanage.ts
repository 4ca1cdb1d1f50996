/** The orphans of a repository: which there are, and what becomes of each. Asks nobody. */
import type { Known } from "../core/drift/known";
import { suspensionOf } from "../core/heal/healing";
import { findUndeclared } from "../core/sync/orphans";
import { fateOf, isProtected, neededBy, type Fate, type Orphan } from "../core/sync/prune";
import type { PendingObject } from "../model/git-repository";
import { formatKey, type ObjectKey, type ObjectRef } from "../model/object-key";
import { isLabelledAs, type OwnerMarks } from "../model/ownership";
import type { Gates, Survivors } from "./gates";
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
  readonly isComplete: () => boolean;
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
  const copies = found.copies.map(({ live: { key } }) => key);
  if (found.orphans.length === 0) return { orphans: [], copies };
  const orphans = found.orphans.map(known => orphanOf(known, going, orphanage));
  const alone = { ...wish, isComplete: isComplete(), isNeeded: () => false, now };
  const goes = (orphan: Orphan) => wish.isHurried !== true && isToGo(fateOf(orphan, alone));
  const pruning = { ...alone, isNeeded: neededBy(orphans, target.desired.values(), goes) };
  return {
    orphans: orphans.map(orphan => ({ orphan, fate: fateOf(orphan, pruning) })),
    copies,
  };
}

function orphanOf(known: Known, going: ReadonlySet<string>, orphanage: Orphanage): Orphan {
  const { kind, live, base } = known;
  const { gates, wish, target } = orphanage;
  // what nobody has judged yet has to be confirmed, too
  const commit = gates.commitOf(live.key) ?? (isProtected(live.key) ? target.commit : undefined);
  const confirmed = [commit, target.commit].includes(wish.confirmed ?? "");
  return {
    kind,
    live,
    base,
    suspension: suspensionOf(known),
    isEdited: gates.isEdited(formatKey(live.key)),
    isGoing: going.has(live.uid),
    isHome: isHome(live.key, orphanage),
    unconfirmed: confirmed || wish.isLeaving === true ? undefined : commit,
  };
}

const PENDING: ReadonlySet<Fate> = new Set<PendingObject["because"]>([
  "suspended",
  "held",
  "confirm-prune",
]);

/** What takes the GitRepository itself along is not deleted at its end: it would wait for itself. */
function isHome({ group, kind, name }: ObjectKey, { wish, marks }: Orphanage): boolean {
  const isNamespace = group === "" && kind === "Namespace";
  return wish.isLeaving === true && isNamespace && name === marks.repository.namespace;
}

/** Now, or when others are gone. */
export function isToGo(fate: Fate): boolean {
  return fate === "delete" || fate === "waiting" || fate === "going";
}

/** What the status says of those that wait for somebody; first what a later process has to know. */
export function pendingOf(
  orphans: readonly JudgedOrphan[],
  commit: string,
  gates: Pick<Gates, "commitOf" | "hidden">,
): readonly PendingObject[] {
  const waiting = orphans.flatMap(({ orphan, fate }) =>
    isPending(fate) ? [{ key: orphan.live.key, because: fate }] : [],
  );
  const order = ({ key, because }: (typeof waiting)[number]) =>
    because !== "confirm-prune" ? 2 : isProtected(key) ? 1 : 0;
  const told = [...waiting]
    .sort((a, b) => order(a) - order(b))
    .map(({ key, because }) => ({
      object: formatKey(key),
      commit: (because === "confirm-prune" ? gates.commitOf(key) : undefined) ?? commit,
      because,
    }));
  return [...gates.hidden(), ...told];
}

function isPending(fate: Fate): fate is PendingObject["because"] {
  return PENDING.has(fate);
}

/**
 * What this repository applied before and still declares: namespaced or not. Another targetNamespace leaves nothing of
 * what was there, although what has no namespace stays.
 */
export function survivorsOf(
  { desired }: Pick<Target, "desired">,
  knowledge: Pick<Knowledge, "get">,
  marks: OwnerMarks,
): Survivors {
  const keys = [...desired].flatMap(([id, { key }]) => {
    const known = knowledge.get(id);
    return known !== undefined && isLabelledAs(marks, known.live.labels) ? [key] : [];
  });
  return { any: keys.length > 0, namespaced: keys.some(({ namespace }) => namespace !== "") };
}

/** The object that is there now. */
export function refOf({ kind, live }: Pick<Orphan, "kind" | "live">): ObjectRef {
  return { key: live.key, apiVersion: kind.apiVersion, uid: live.uid };
}
