/** Keeps the live objects of one repository as Git declares: all of them after a commit, one after an edit. */
import type { Failures } from "../core/sync/failures";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { Report } from "../model/report";
import type { Fault } from "../model/verdict";
import type { World } from "../ports";
import { converge, type Convergence } from "./converge";
import { Superseded } from "./endings";
import { enterAll, enterEarly, type Entering } from "./enter";
import type { Keeping, Settling, Walk } from "./keeping";
import { createLedger } from "./ledger";
import { beginProgress } from "./progress";
import { sceneOf, type Scene } from "./scene";
import { reportOf } from "./report-of";
import { createSlots } from "./slots";
import type { Policy, Target } from "./target";

export class Keeper {
  readonly #world: World;
  readonly #keeping: Keeping;
  readonly #turn = createSlots(() => 1);
  readonly #ledger = createLedger();
  #target: Target | undefined;
  #failures: Failures = new Map();
  #unavailable: ReadonlyMap<string, Fault> = new Map();
  #watchingSince: number;
  #hasRecalled = false;
  /** Everything of the target was decided on. */
  #hasWalked = false;
  /** As whom the last decisions were made. */
  #writer: string | undefined;

  constructor(world: World, keeping: Keeping) {
    this.#world = world;
    this.#keeping = keeping;
    this.#watchingSince = world.clock.now();
  }

  get failures(): Failures {
    return this.#failures;
  }

  /** By kindId: kinds that could not be looked at in the last walk. */
  get unavailable(): ReadonlyMap<string, Fault> {
    return this.#unavailable;
  }

  /** True where it keeps objects as a commit of this source declares. */
  keeps(source: string): boolean {
    return this.#target?.source === source;
  }

  /** Everything of a commit. Rejects when the cluster cannot be read, or the signal is aborted. */
  async walk(walk: Walk, signal: AbortSignal): Promise<Report> {
    const giveBack = await this.#turn.take(signal);
    try {
      const { target } = walk;
      const { knowledge, pruner } = this.#keeping;
      knowledge.expect(target.desired);
      const faults = await this.#world.cluster.follow(knowledge.follower, target.kinds, signal);
      this.#unavailable = new Map([...target.unavailable, ...faults]);
      const baseOf = target.bases(signal);
      if (!this.#hasRecalled) await walk.recall(baseOf);
      this.#hasRecalled = true;
      // not before: who heals has to know what was decided by the process before
      this.#target = target;
      this.#hasWalked = false;
      const desired = [...target.desired.values()];
      const policy = this.#policy();
      const ahead = pruner.foresee(this.#scene(target, policy));
      const beforeWrites = () => walk.beforeWrites(ahead);
      const settling = { ...walk, beforeWrites, baseOf, isHealing: false, policy };
      const changed = knowledge.takeChanged();
      const report = await this.#tryToSettle(changed, desired, settling, signal);
      // kinds whose definition has just been applied are served only now
      await this.#world.cluster.follow(knowledge.follower, target.kinds, signal);
      return report;
    } finally {
      giveBack();
    }
  }

  #scene(target: Target, { wish, account }: Policy): Scene {
    const { episodes } = this.#keeping;
    const [ledger, hasWalked, unavailable] = [this.#ledger, this.#hasWalked, this.#unavailable];
    return sceneOf({ target, wish, account, hasWalked, unavailable, ledger, episodes });
  }

  /** Undefined: nothing may be written now, or Git's wish is not known. */
  #wanted(): Target | undefined {
    const source = this.#keeping.policy()?.source;
    return source !== undefined && this.keeps(source) ? this.#target : undefined;
  }

  /** Where it fails, nobody has decided on what was taken: the next try begins with it. */
  async #tryToSettle(
    taken: Iterable<string>,
    desired: readonly Desired[],
    walk: Settling,
    signal: AbortSignal,
  ): Promise<Report> {
    try {
      return await this.#settle(desired, walk, signal);
    } catch (error) {
      for (const object of taken) this.#keeping.knowledge.touch(object);
      throw error;
    }
  }

  /** Only what has changed in the cluster, or whose time has come; undefined: nothing had to be decided. */
  async heal(id: string, signal: AbortSignal): Promise<Report | undefined> {
    const giveBack = await this.#turn.take(signal);
    try {
      const target = this.#wanted();
      if (target === undefined) return undefined;
      const { knowledge, pruner } = this.#keeping;
      const now = this.#world.clock.now();
      const ids = new Set([...knowledge.takeChanged(), ...this.#ledger.takeDue(now)]);
      const desired = [...ids].flatMap(object => target.desired.get(object) ?? []);
      if (ids.size === 0 && now < pruner.dueAt()) return undefined;
      const baseOf = target.bases(signal);
      const walk = { id, target, baseOf, beforeWrites: nothing };
      const settling = { ...walk, isHealing: true, policy: this.#policy() };
      return await this.#tryToSettle(ids, desired, settling, signal);
    } finally {
      giveBack();
    }
  }

  /** When to heal next, in milliseconds since the epoch. */
  dueAt(): number {
    if (this.#wanted() === undefined) return Infinity;
    const { knowledge, pruner } = this.#keeping;
    return knowledge.hasChanged() ? 0 : Math.min(this.#ledger.dueAt(), pruner.dueAt());
  }

  /** Nothing is healed before the next walk: what Git wants by then is not known. */
  rest(): void {
    this.#target = undefined;
  }

  /** Edits from before are judged as if they were made now: nobody was allowed to act on them. */
  beginWatching(): void {
    this.#watchingSince = this.#world.clock.now();
    this.reconsider();
  }

  /** The GitRepository has changed: what was left alone is judged again. */
  reconsider(): void {
    const { knowledge, episodes, pruner, decided } = this.#keeping;
    for (const { key } of episodes.open()) knowledge.touch(formatKey(key));
    pruner.reconsider();
    decided();
  }

  /** Nothing is decided where nothing may be written: without a policy, nobody knows as whom. */
  #policy(): Policy {
    const policy = this.#keeping.policy();
    if (policy === undefined) throw new Superseded();
    const writer = JSON.stringify(policy.account);
    // another account was not refused anything yet
    if (writer !== this.#writer) this.#failures = new Map();
    this.#writer = writer;
    return policy;
  }

  async #settle(
    desired: readonly Desired[],
    settling: Settling,
    signal: AbortSignal,
  ): Promise<Report> {
    const { id, target } = settling;
    const { knowledge, episodes, pruner, decided } = this.#keeping;
    const { clock } = this.#world;
    const ledger = this.#ledger;
    const entering = this.#entering(settling);
    const progress = beginProgress(this.#failures, this.#unavailable);
    let isComplete = false;
    try {
      await converge(this.#world, this.#task(desired, settling, entering), progress, signal);
      isComplete = true;
    } finally {
      this.#failures = progress.failures;
      enterAll(entering, desired, { progress, isComplete });
    }
    this.#hasWalked ||= !settling.isHealing;
    ledger.keepOnly(object => target.desired.has(object));
    episodes.drop(object => target.desired.has(object), target.commit);
    const pruned = await pruner.settle(this.#scene(target, settling.policy), signal);
    decided();
    const now = clock.now();
    const isWhole = this.#hasWalked;
    const books = { progress, knowledge, episodes, ledger };
    return reportOf({ id, target, desired, ...books, pruned, isWhole, now });
  }

  #entering({ target: { commit }, isHealing, policy }: Settling): Entering {
    const { episodes, knowledge, reader } = this.#keeping;
    const { rules, graceMs, intervalMs } = policy;
    const { fieldManager } = reader;
    const asked = { rules, graceMs, intervalMs, commit, isHealing, fieldManager };
    return { clock: this.#world.clock, ledger: this.#ledger, episodes, knowledge, ...asked };
  }

  #task(
    desired: readonly Desired[],
    { baseOf, beforeWrites, policy: { account } }: Settling,
    entering: Entering,
  ): Convergence {
    const { marks, reader, knowledge, episodes, testimonies } = this.#keeping;
    const { rules, graceMs, commit } = entering;
    return {
      ...{ marks, reader, knowledge, testimonies, rules, graceMs, commit },
      ...{ desired, account, baseOf, beforeWrites },
      failures: this.#failures,
      unavailable: this.#unavailable,
      watchingSince: this.#watchingSince,
      episodeOf: object => episodes.of(object),
      withoutOver: (object, edits) => episodes.withoutOver(object, edits),
      fightOf: object => episodes.fightOf(object),
      beforeEdited: judged => {
        enterEarly(entering, judged);
      },
    };
  }
}

const nothing = () => Promise.resolve();
