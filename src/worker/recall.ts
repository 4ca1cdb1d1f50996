/** What a process that has just begun can know of the one before, from the status of the GitRepository. */
import { vanishes } from "../core/heal/finished";
import { readSuspension } from "../core/heal/suspension";
import { isOpen, type Episode } from "../model/episode";
import type { RepositoryStatus } from "../model/git-repository";
import type { Desired } from "../model/manifest";
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
  const { knowledge, desired, status, isSameSpec, episodeOf } = recalling;
  const missing = [...desired].filter(([id]) => knowledge.get(id) === undefined);
  for (const [id] of missing) {
    const episode = episodeOf(id);
    const isDeletion = episode !== undefined && isOpen(episode) && episode.fields.length === 0;
    if (isDeletion) knowledge.markGone(id, { uid: episode.uid });
  }
  const open = missing.filter(([id]) => knowledge.gone(id) === undefined);
  if (open.length === 0 || status.lastSyncedCommit === undefined || !isSameSpec) return;
  const before = await declaredBefore(recalling, status.lastSyncedCommit);
  for (const [id, wanted] of open) {
    const old = before?.get(id);
    if (old === undefined) continue;
    const isWork = vanishes(old.manifest);
    // work that Git has changed since is new work
    if (isWork && old.digest !== wanted.digest) continue;
    knowledge.markGone(id, { uid: "", ...(isWork ? { finished: old.digest } : {}) });
  }
}

function declaredBefore({ desired, commit, baseOf }: Recalling, synced: string) {
  return synced === commit ? Promise.resolve(desired) : baseOf(synced);
}

/** A duration counts from when the annotation was first seen, also where that was another process. */
export function recallSuspensions({ knowledge, desired, status }: Remembering): void {
  for (const { object, until, at } of status.suspended ?? []) {
    const known = knowledge.get(object);
    const { suspendHeal } = known ?? {};
    if (known === undefined || suspendHeal === undefined || !desired.has(object)) continue;
    const seenAt = at === undefined ? undefined : parseTime(at);
    if (seenAt === undefined) continue;
    const { annotations } = known.live;
    const end = readSuspension(annotations, seenAt)?.until;
    const told = until === undefined ? undefined : parseTime(until);
    // the times in the status are whole seconds: another end is another value of the annotation
    const isSame =
      end === told || (end !== undefined && told !== undefined && Math.abs(end - told) < 2_000);
    if (isSame) knowledge.set(object, { ...known, suspendHeal: { ...suspendHeal, at: seenAt } });
  }
}
