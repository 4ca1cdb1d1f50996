/** What becomes of an object that Git no longer declares: an ordered list of named rules, the first with an opinion wins. */
import { ANNOTATION_PRUNE } from "../../model/annotations";
import type { ConflictPolicy, PendingObject } from "../../model/git-repository";
import type { Live } from "../../model/live";
import type { KindInfo, Manifest } from "../../model/manifest";
import { formatKey, type ObjectKey } from "../../model/object-key";
import { isSuspended, type Suspension } from "../heal/suspension";
import { definitionOf } from "./declared-kinds";
import { removalStageOf } from "./stages";

/** An object that this repository applied and that Git no longer declares. */
export interface Orphan {
  readonly kind: KindInfo;
  readonly live: Live;
  /** What Git declared when it was last applied, where that is known. */
  readonly base?: Manifest | undefined;
  /** The break-glass annotation, if it means anything. */
  readonly suspension?: Suspension | undefined;
  /** Somebody had edited it when Git dropped it. */
  readonly isEdited: boolean;
  /** Its deletion was asked for already. */
  readonly isGoing: boolean;
  /** The GitRepository that is deleted is in it. */
  readonly isHome?: boolean;
  /** The commit that has to be confirmed before it goes; undefined: none. */
  readonly unconfirmed?: string | undefined;
}

/** What the GitRepository asks for. */
export interface PrunePolicy {
  /** spec.prune, or the GitRepository itself is deleted with deletionPolicy Delete. */
  readonly prune: boolean;
  readonly conflictPolicy: ConflictPolicy;
}

export interface Pruning extends PrunePolicy {
  /** Everything that Git declares is in. */
  readonly isComplete: boolean;
  /** The orphan is needed by others that are not gone yet. */
  readonly isNeeded: (orphan: Orphan) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Fate =
  /** It is on its way. */
  | "going"
  /** For good, as far as nopea is concerned. */
  | "kept"
  /** Until something else has happened. */
  | "waiting"
  /** Until somebody does something: told as pending. */
  | PendingObject["because"]
  | "delete";

type Rule = readonly [
  name: string,
  opinion: (orphan: Orphan, pruning: Pruning) => Fate | undefined,
];

/** The order is the documentation. */
const RULES: readonly Rule[] = [
  ["terminating", ({ live, isGoing }) => when(live.terminating || isGoing, "going")],
  ["home", ({ isHome }) => when(isHome === true, "kept")],
  ["no pruning", (_, { prune }) => when(!prune, "kept")],
  ["pruning disabled", orphan => when(isDisabled(orphan), "kept")],
  [
    "suspended by hand",
    ({ suspension }, { now }) => when(isSuspended(suspension, now), "suspended"),
  ],
  [
    "conflict policy live",
    ({ isEdited }, { conflictPolicy }) => when(isEdited && conflictPolicy === "live", "held"),
  ],
  ["not confirmed", ({ unconfirmed }) => when(unconfirmed !== undefined, "confirm-prune")],
  // what takes its place may not be there yet
  ["not everything is in", (_, { isComplete }) => when(!isComplete, "waiting")],
  ["needed", (orphan, { isNeeded }) => when(isNeeded(orphan), "waiting")],
];

/** The fate by the first rule that has one; else the object is deleted. */
export function fateOf(orphan: Orphan, pruning: Pruning): Fate {
  for (const [, opinion] of RULES) {
    const fate = opinion(orphan, pruning);
    if (fate !== undefined) return fate;
  }
  return "delete";
}

function when(applies: boolean, fate: Fate): Fate | undefined {
  return applies ? fate : undefined;
}

/** In Git or live: whoever takes it off by hand does not make Git ask for pruning. */
function isDisabled({ live, base }: Orphan): boolean {
  const declared = base?.metadata.annotations?.[ANNOTATION_PRUNE];
  return live.annotations[ANNOTATION_PRUNE] === "disabled" || declared === "disabled";
}

/** Kinds whose deletion takes with it what nobody can bring back. */
const PROTECTED: ReadonlySet<string> = new Set([
  "Namespace",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "PersistentVolumeClaim",
]);

/** True for what is never pruned unless somebody confirms it. */
export function isProtected({ group, kind }: ObjectKey): boolean {
  return PROTECTED.has(group === "" ? kind : `${kind}.${group}`);
}

/** An object as far as it needs others. */
type Needing = Pick<Orphan, "kind"> & { readonly key: ObjectKey };

/**
 * Whether an orphan has to stay while others are there, declared or orphans too: a namespace takes what is in it along,
 * a definition its custom resources. Where these go (`goes`), they go first, and whatever else goes waits for them: the
 * program that takes their finalizers off is probably among it.
 */
export function neededBy(
  orphans: readonly Orphan[],
  declared: Iterable<Needing>,
  goes: (orphan: Orphan) => boolean,
): (orphan: Orphan) => boolean {
  const leaving = orphans.map(({ kind, live: { key } }) => ({ kind, key }));
  const needs = new Set([...declared, ...leaving].flatMap(needsOf));
  const going = new Set(leaving.map(({ key }) => formatKey(key)));
  const custom = orphans
    .filter(goes)
    .map(({ kind, live: { key } }) => ({ kind, key }))
    .filter(({ kind, key }) => going.has(definitionOf(kind, key)));
  const first = Math.min(Infinity, ...custom.map(({ key }) => removalStageOf(key)));
  return ({ live: { key } }) => needs.has(formatKey(key)) || removalStageOf(key) > first;
}

/** As formatKey writes them: what goes takes the object along. */
function needsOf({ kind, key }: Needing): readonly string[] {
  const namespace = key.namespace === "" ? [] : [`Namespace/${key.namespace}`];
  return [definitionOf(kind, key), ...namespace];
}
