/** Which orphans may not go before somebody has confirmed it, since which commit; and which somebody had edited. */
import { isProtected } from "../core/sync/prune";
import type { PendingObject } from "../model/git-repository";
import { formatKey, parseKey, type ObjectKey } from "../model/object-key";

/** How things stand before anything of a commit is written: afterwards, what is new looks like what was there before. */
export interface Foresight {
  readonly commit: string;
  /** Those that pruning is about. */
  readonly orphans: readonly ObjectKey[];
  /** Something that this repository applied before is still declared. */
  readonly hasSurvivors: boolean;
  /** Somebody's edit of the object is open; by formatKey. */
  readonly isEdited: (id: string) => boolean;
}

export interface Gates {
  /** What the process before has told in the status. */
  recall(pending: readonly PendingObject[]): void;
  foresee(foresight: Foresight): void;
  /** These orphans are left: what waited for others of them is over. */
  keepOnly(orphans: readonly ObjectKey[]): void;
  /** The commit that has to be confirmed before it goes; undefined: none. */
  commitOf(key: ObjectKey): string | undefined;
  /** conflictPolicy live keeps it. By formatKey. */
  isEdited(id: string): boolean;
}

export function createGates(): Gates {
  /** Of Namespaces and the like, by formatKey. */
  const single = new Map<string, string>();
  const edited = new Set<string>();
  const seen = new Set<string>();
  /** Of everything else, where a commit would have left nothing. */
  let all: string | undefined;

  function recallOne({ object, commit, because }: PendingObject): void {
    const key = parseKey(object);
    if (because === "held") edited.add(object);
    if (because !== "confirm-prune" || key === undefined) return;
    if (isProtected(key)) single.set(object, commit);
    else all = commit;
  }

  function keepOnly(orphans: readonly ObjectKey[]): void {
    const ids = new Set(orphans.map(formatKey));
    if (ids.size === 0) all = undefined;
    const gone = [...single.keys(), ...edited, ...seen].filter(id => !ids.has(id));
    for (const memory of [single, edited, seen]) gone.forEach(id => void memory.delete(id));
  }

  function see(key: ObjectKey, { commit, isEdited }: Foresight): void {
    const id = formatKey(key);
    if (!seen.has(id) && isEdited(id)) edited.add(id);
    if (isProtected(key)) single.set(id, single.get(id) ?? commit);
    seen.add(id);
  }

  return {
    recall: pending => pending.forEach(recallOne),
    foresee(foresight) {
      const { commit, orphans, hasSurvivors } = foresight;
      keepOnly(orphans);
      for (const key of orphans) see(key, foresight);
      if (orphans.length > 0 && !hasSurvivors) all ??= commit;
    },
    keepOnly,
    commitOf: key => single.get(formatKey(key)) ?? all,
    isEdited: id => edited.has(id),
  };
}
