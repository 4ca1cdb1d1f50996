/** What a process that has just begun can know of the one before: from the status of the GitRepository, records and Git. */
import { vanishes } from "../core/heal/finished";
import { firstSeenAt } from "../core/heal/suspension";
import { asksToRecreate } from "../core/sync/recreate";
import { isOpen, type Episode } from "../model/episode";
import type { RepositoryStatus, SuspendedObject } from "../model/git-repository";
import type { Desired } from "../model/manifest";
import { parseApplied } from "../model/ownership";
import { parseTime } from "../model/time";
import type { BaseOf } from "./bases";
import type { Knowledge } from "./knowledge";

export interface Remembering {
  readonly knowledge: Knowledge;
  readonly desired: ReadonlyMap<string, Desired>;
  readonly commit: string;
  readonly status: RepositoryStatus;
  readonly episodeOf: (id: string) => Episode | undefined;
  readonly baseOf: BaseOf;
}

export interface Recalling extends Remembering {
  /** The spec is the one that the status is about. */
  readonly isSameSpec: boolean;
}

/**
 * Objects that are missing and that were there when everything was in: deleted by hand, or finished. What was never
 * applied is none of them.
 */
export async function recallAbsent(recalling: Recalling): Promise<void> {
  const { knowledge, status } = recalling;
  const missing = [...recalling.desired].filter(([id]) => knowledge.get(id) === undefined);
  const open = missing.filter(([id]) => !recallDeletion(id, recalling));
  if (open.length === 0 || status.lastSyncedCommit === undefined) return;
  const before = await declaredBefore(recalling, status.lastSyncedCommit);
  if (before === undefined || !isOfSameSource(before, recalling)) return;
  for (const [id, desired] of open) recallLoss(id, { desired, old: before.get(id), knowledge });
}

/**
 * Of another path or namespace, that commit says nothing about what was there. A spec that was changed otherwise shows
 * by the objects that are left: they got what it declares.
 */
function isOfSameSource(
  before: ReadonlyMap<string, Desired>,
  { knowledge, isSameSpec }: Recalling,
): boolean {
  if (isSameSpec) return true;
  return [...before].some(([id, { digest }]) => {
    const known = knowledge.get(id);
    return known !== undefined && parseApplied(known.live.annotations)?.digest === digest;
  });
}

/** A record says that it was deleted, and that it was decided to leave it so. */
function recallDeletion(id: string, { episodeOf, knowledge }: Recalling): boolean {
  const episode = episodeOf(id);
  if (episode === undefined || !isOpen(episode) || episode.fields.length > 0) return false;
  knowledge.markGone(id, { uid: episode.uid });
  return true;
}

function declaredBefore({ desired, commit, baseOf }: Recalling, synced: string) {
  return synced === commit ? Promise.resolve(desired) : baseOf(synced);
}

interface Loss {
  readonly desired: Desired;
  readonly old: Desired | undefined;
  readonly knowledge: Knowledge;
}

function recallLoss(id: string, { desired, old, knowledge }: Loss): void {
  if (old === undefined) return;
  // another process may have deleted it for this very change
  if (asksToRecreate(desired) && old.digest !== desired.digest) return;
  if (!vanishes(old.manifest)) knowledge.markGone(id, { uid: "" });
  // work that Git has changed since is new work
  else if (old.digest === desired.digest) knowledge.markGone(id, { uid: "", finished: old.digest });
}

/** A duration counts from when the annotation was first seen, also where that was another process. */
export function recallSuspensions({ knowledge, status }: Remembering): void {
  for (const suspended of status.suspended ?? []) recallSuspension(suspended, knowledge);
}

function recallSuspension({ object, until = "", at = "" }: SuspendedObject, knowledge: Knowledge) {
  const known = knowledge.get(object);
  const seenAt = parseTime(at);
  if (known?.suspendHeal === undefined || seenAt === undefined) return;
  // of what is sealed, the object itself tells
  if (known.suspendHeal.by !== undefined) return;
  const told = { at: seenAt, until: parseTime(until) };
  const first = firstSeenAt(known.live.annotations, told);
  if (first === undefined) return;
  knowledge.set(object, { ...known, suspendHeal: { ...known.suspendHeal, at: first } });
}
