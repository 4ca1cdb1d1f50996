/** Deletes what Git no longer declares, as far as the GitRepository allows it, and says what it waits for. */
import { backoff, isTooEarly } from "../core/sync/backoff";
import type { Orphan } from "../core/sync/prune";
import { REMOVAL_STAGE_COUNT, removalStageOf } from "../core/sync/stages";
import type { PendingObject, RepositoryStatus } from "../model/git-repository";
import { formatKey, type ObjectKey, type ObjectRef } from "../model/object-key";
import type { OwnerMarks } from "../model/ownership";
import type { RemovalOutcome } from "../model/removal";
import type { Fault } from "../model/verdict";
import type { World } from "../ports";
import { Gates } from "./gates";
import type { Knowledge } from "./knowledge";
import {
  isToGo,
  judgeOrphans,
  pendingOf,
  refOf,
  survivorsOf,
  type JudgedOrphan,
  type Judgement,
} from "./orphanage";
import { remove } from "./remove";
import type { Scene } from "./scene";
import { sideBySide } from "./side-by-side";

export interface Pruned extends Judgement {
  /** Deleted now, or on their way since now. */
  readonly pruned: readonly ObjectRef[];
  /** By formatKey: why the API server does not let one go. */
  readonly faults: ReadonlyMap<string, Fault>;
  readonly pending: readonly PendingObject[];
}

export interface PrunerOptions extends Pick<World, "cluster" | "clock" | "metrics"> {
  readonly knowledge: Knowledge;
  readonly marks: OwnerMarks;
}

interface Failure {
  readonly times: number;
  readonly retryAt: number;
  /** Undefined: it changed under our hands. */
  readonly fault: Fault | undefined;
}

/** Where there is no orphan, nobody asks. */
const NONE_NEEDED = { any: true, namespaced: true };
const AT_ONCE = 16;
/** By then its watch has told of the version that came between. */
const STALE_MS = 500;

/** What it remembers besides its gates costs requests when it is lost, never correctness. */
export class Pruner {
  readonly #options: PrunerOptions;
  readonly #gates = new Gates();
  /** By formatKey. */
  readonly #failures = new Map<string, Failure>();
  /** uids of what was deleted and is not gone yet. */
  readonly #going = new Set<string>();
  #left: readonly JudgedOrphan[] = [];
  #isNew = false;

  constructor(options: PrunerOptions) {
    this.#options = options;
  }

  /** What the process before has told in the status. */
  recall(status: RepositoryStatus): void {
    this.#gates.recall(status);
  }

  /** Before a commit is written: what will have to wait, told before what is new looks like what was there before. */
  foresee(scene: Scene): readonly PendingObject[] {
    this.#look(scene);
    return pendingOf(this.#judge(scene).orphans, scene.target.commit, this.#gates);
  }

  /** As it was found: gates count from the next judgement on. */
  #look(scene: Scene): Judgement {
    const { target, isEdited, isHidden } = scene;
    const { knowledge, marks } = this.#options;
    const { commit } = target;
    const found = this.#judge(scene);
    const orphans = keysOf(found.orphans);
    const isIdle = orphans.length === 0;
    const survivors = isIdle ? NONE_NEEDED : survivorsOf(target, knowledge, marks);
    this.#gates.foresee({ commit, orphans, isEdited, isHidden, survivors });
    return found;
  }

  /** What is left, and why. Rejects when the signal is aborted. */
  async settle(scene: Scene, signal: AbortSignal): Promise<Pruned> {
    this.#isNew = false;
    const pruned: ObjectRef[] = [];
    // what was not there a moment ago is judged before it goes
    let judgement = this.#look(scene);
    // of thousands of objects mostly none is an orphan, and a heal waits for this
    const isIdle = judgement.orphans.length === 0;
    if (!isIdle) judgement = this.#judge(scene);
    for (let stage = 0; !isIdle && stage < REMOVAL_STAGE_COUNT; stage++) {
      await sideBySide(AT_ONCE, this.#doomed(judgement.orphans, stage), async orphan => {
        if (await this.#remove(orphan, scene, signal)) pruned.push(refOf(orphan));
      });
      judgement = this.#judge(scene);
    }
    this.#left = judgement.orphans;
    if (!isIdle) this.#look(scene);
    this.#forget();
    const pending = pendingOf(judgement.orphans, scene.target.commit, this.#gates);
    return { ...judgement, pruned, pending, faults: this.#faults() };
  }

  /** What is to go, and is still there. */
  left(): readonly ObjectKey[] {
    return keysOf(this.#left.filter(({ fate }) => isToGo(fate)));
  }

  /** True where this commit was waited for to be confirmed, and nothing waits for it any more. */
  hasServed(commit: string): boolean {
    return this.#gates.isOver(commit);
  }

  /** The GitRepository asks for something else than before. */
  reconsider(): void {
    this.#isNew = true;
  }

  /** When to settle again, in milliseconds since the epoch; Infinity: when something has changed. */
  dueAt(): number {
    if (this.#isNew) return 0;
    const dues = this.#left.map(({ fate, orphan: { live, suspension } }) => {
      if (fate === "suspended") return suspension?.until ?? Infinity;
      if (fate !== "delete") return Infinity;
      const at = this.#retryAt(formatKey(live.key));
      return isTooEarly(at, this.#options.clock.now()) ? at : 0;
    });
    return Math.min(Infinity, ...dues);
  }

  #judge(scene: Scene): Judgement {
    const { knowledge, marks, clock } = this.#options;
    const gates = this.#gates;
    return judgeOrphans({ ...scene, knowledge, marks, gates }, this.#going, clock.now());
  }

  #retryAt(id: string): number {
    return this.#failures.get(id)?.retryAt ?? 0;
  }

  /** What of a stage is deleted now. */
  #doomed(judged: readonly JudgedOrphan[], stage: number): readonly Orphan[] {
    const now = this.#options.clock.now();
    return judged
      .filter(({ fate }) => fate === "delete")
      .map(({ orphan }) => orphan)
      .filter(({ live: { key } }) => removalStageOf(key) === stage)
      .filter(({ live: { key } }) => !isTooEarly(this.#retryAt(formatKey(key)), now));
  }

  /** True where it goes. */
  async #remove({ kind, live }: Orphan, { account }: Scene, signal: AbortSignal): Promise<boolean> {
    const removal = { key: live.key, kind, on: live, account };
    return this.#note(await remove(this.#options, removal, signal));
  }

  #note(outcome: RemovalOutcome): boolean {
    const { key, on } = outcome.removal;
    const id = formatKey(key);
    switch (outcome.result) {
      case "removed":
        this.#options.knowledge.removed(id, on.uid);
        return true;
      case "terminating":
        this.#going.add(on.uid);
        return true;
      case "stale":
        this.#fail(id, undefined);
        return false;
      case "failed":
        this.#fail(id, outcome.fault);
        return false;
    }
  }

  #fail(id: string, fault: Fault | undefined): void {
    const times = (this.#failures.get(id)?.times ?? 0) + 1;
    const pause = fault === undefined ? STALE_MS : backoff(times);
    this.#failures.set(id, { times, retryAt: this.#options.clock.now() + pause, fault });
  }

  /** What is on its way, or no orphan any more, has not failed. */
  #forget(): void {
    const open = this.#left.filter(({ fate }) => fate !== "going");
    const ids = new Set(open.map(({ orphan }) => formatKey(orphan.live.key)));
    for (const id of this.#failures.keys()) if (!ids.has(id)) this.#failures.delete(id);
    const uids = new Set(this.#left.map(({ orphan }) => orphan.live.uid));
    for (const uid of this.#going) if (!uids.has(uid)) this.#going.delete(uid);
  }

  #faults(): ReadonlyMap<string, Fault> {
    const faults = [...this.#failures].flatMap(([id, { fault }]) =>
      fault === undefined ? [] : [[id, fault] as const],
    );
    return new Map(faults);
  }
}

function keysOf(judged: readonly JudgedOrphan[]): readonly ObjectKey[] {
  return judged.map(({ orphan }) => orphan.live.key);
}
