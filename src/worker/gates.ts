/** Which orphans may not go before somebody has confirmed it, since which commit; and which somebody had edited. */
import { isProtected } from "../core/sync/prune";
import type { PendingObject, RepositoryStatus } from "../model/git-repository";
import { formatKey, parseKey, type ObjectKey } from "../model/object-key";

/** How things stand before anything of a commit is written: afterwards, what is new looks like what was there before. */
export interface Foresight {
  readonly commit: string;
  /** All of them, also those that are kept: what is asked for may change. */
  readonly orphans: readonly ObjectKey[];
  readonly survivors: Survivors;
  /** Somebody's edit of the object is open; by formatKey. */
  readonly isEdited: (id: string) => boolean;
  /** Its kind cannot be looked at: nobody knows whether it is there. */
  readonly isHidden: (key: ObjectKey) => boolean;
}

/** Whether something that this repository applied before is still declared. */
export interface Survivors {
  readonly any: boolean;
  readonly namespaced: boolean;
}

const because = "confirm-prune";

/** An orphan is judged when it is first seen, and stays so until it is gone or declared again. */
export class Gates {
  /** The commit that each waits for, by formatKey. */
  readonly #commits = new Map<string, string>();
  readonly #edited = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #told = new Set<string>();
  /** What orphans wait for that the process before knew of and could not tell. */
  #inherited: string | undefined;
  /** The commit that left nothing; some of that may be seen only later. */
  #emptying: string | undefined;
  #isFirst = false;
  #hidden: readonly PendingObject[] = [];

  /** What the process before has told. */
  recall({ pending = [], lastSyncedCommit }: RepositoryStatus): void {
    for (const one of pending) this.#recallOne(one);
    // what it finds was there before it: left by another GitRepository of this name
    this.#isFirst = lastSyncedCommit === undefined;
  }

  foresee(foresight: Foresight): void {
    this.#forget(foresight);
    for (const key of foresight.orphans) this.#see(key, foresight);
    this.#isFirst = false;
    if (this.#hidden.length === 0) this.#inherited = undefined;
  }

  /** The commit that has to be confirmed before it goes; undefined: none. */
  commitOf(key: ObjectKey): string | undefined {
    return this.#commits.get(formatKey(key));
  }

  /** True where things were held back until this commit is confirmed, and none is any more. */
  isOver(commit: string): boolean {
    return this.#told.has(commit) && ![...this.#commits.values()].includes(commit);
  }

  /** conflictPolicy live keeps it. By formatKey. */
  isEdited(id: string): boolean {
    return this.#edited.has(id);
  }

  /** Of those that nobody can look at now: they wait all the same. */
  hidden(): readonly PendingObject[] {
    return this.#hidden;
  }

  #gate(id: string, commit: string): void {
    const of = this.#commits.get(id) ?? commit;
    this.#commits.set(id, of);
    this.#told.add(of);
  }

  #recallOne({ object, commit, because: why }: PendingObject): void {
    const key = parseKey(object);
    if (why === "held") this.#edited.add(object);
    if (why !== because || key === undefined) return;
    this.#gate(object, commit);
    // the status has the first twenty of them
    if (!isProtected(key)) this.#inherited = commit;
  }

  #forget({ orphans, isHidden }: Foresight): void {
    const ids = new Set(orphans.map(formatKey));
    const isGone = (id: string) => {
      const key = parseKey(id);
      return !ids.has(id) && (key === undefined || !isHidden(key));
    };
    const [commits, edited, seen] = [this.#commits, this.#edited, this.#seen];
    const gone = [...commits.keys(), ...edited, ...seen].filter(isGone);
    for (const memory of [commits, edited, seen]) gone.forEach(id => void memory.delete(id));
    const open = [...commits].filter(([id]) => !ids.has(id));
    this.#hidden = open.map(([object, commit]) => ({ object, commit, because }));
  }

  #see(key: ObjectKey, { commit, isEdited, survivors }: Foresight): void {
    const id = formatKey(key);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    if (isEdited(id)) this.#edited.add(id);
    if (!hasSurvivors(key, survivors)) this.#emptying = commit;
    if (this.#isAll(commit) || isProtected(key)) this.#gate(id, this.#inherited ?? commit);
  }

  /** Whatever it is, somebody has to be asked. */
  #isAll(commit: string): boolean {
    return commit === this.#emptying || this.#isFirst || this.#inherited !== undefined;
  }
}

function hasSurvivors({ namespace }: ObjectKey, { any, namespaced }: Survivors): boolean {
  return namespace === "" ? any : namespaced;
}
