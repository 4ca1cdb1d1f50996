/** One repository's life: looks at Git when it is time or when nudged, walks when something changed, and tells. */
import { refusal } from "../core/repository/refusal";
import { summariseFault } from "../core/report/summarise";
import { NopeaError } from "../model/errors";
import { nameOf, type Repository, type RepositorySpec } from "../model/git-repository";
import type { Report } from "../model/report";
import type { World } from "../ports";
import { createAlarm, type Alarm } from "./alarm";
import { createAmender, type Amender } from "./amender";
import { attemptSync, type Trying } from "./attempt";
import { Chronicle } from "./chronicle";
import { createCustody, type Custody } from "./custody";
import { faultOf, Stopped, Superseded } from "./endings";
import { heal } from "./heal";
import { leave } from "./leave";
import { policyOf } from "./policy";
import { createPushes, type Pushes } from "./pushes";
import { Rhythm } from "./rhythm";
import type { Slots } from "./slots";
import type { Memory } from "./fetch";
import { together } from "./together";

export class Worker {
  readonly #world: World;
  readonly #slots: Slots;
  readonly #alarm: Alarm;
  readonly #pushes: Pushes;
  readonly #chronicle: Chronicle;
  readonly #amender: Amender;
  readonly #life = new AbortController();
  #repository: Repository;
  #attempt: AbortController | undefined;
  #memory: Memory;
  /** Undefined: it has not run yet. Others may tell it what they have heard. */
  custody: Custody | undefined;
  /** What ends the decisions on the cluster that are under way. */
  #healing: AbortController | undefined;
  /** The GitRepository goes, and finalizers were waited for long enough. */
  #isHurried = false;
  readonly #rhythm: Rhythm;
  /** What the server says is the branch's tip, in the look that is under way. */
  #tip: string | undefined;

  constructor(world: World, slots: Slots, repository: Repository) {
    this.#world = world;
    this.#slots = slots;
    this.#repository = repository;
    this.#alarm = createAlarm(world.clock);
    this.#pushes = createPushes(world.clock);
    this.#rhythm = new Rhythm(world.clock);
    this.#chronicle = new Chronicle(world, repository, this.#life.signal);
    this.#amender = createAmender(world, this.#life.signal);
  }

  get repository(): Repository {
    return this.#repository;
  }

  /** A newer version of the GitRepository; true if it means work: a status write does not. */
  update(repository: Repository): boolean {
    const before = this.#repository;
    this.#repository = repository;
    const isOther = repository.generation !== before.generation;
    if (repository.confirmPrune !== before.confirmPrune) this.custody?.keeper.reconsider();
    if (isOther || repository.isLeaving !== before.isLeaving) this.supersede();
    else if (repository.syncAt === before.syncAt) return false;
    this.#alarm.nudge();
    return true;
  }

  /** Nothing that was decided for the spec or the account of before is carried out any more. */
  supersede(): void {
    this.#abort(new Superseded());
    this.custody?.keeper.reconsider();
  }

  #abort(reason: Error): void {
    this.#attempt?.abort(reason);
    this.#healing?.abort(reason);
  }

  /** Look at Git now. */
  nudge(): void {
    this.#alarm.nudge();
  }

  /** The branch is said to have a new tip: look for it, also after a look that is under way. */
  expect(commit: string): void {
    this.#pushes.arrive(commit, this.#attempt !== undefined);
    this.#alarm.reset();
  }

  /** Ends whatever is under way; nothing is written afterwards. */
  stop(): void {
    this.#life.abort(new Stopped());
    this.#abort(new Stopped());
  }

  /** Runs until stopped, with nothing remembered; rejects only for a bug, after having told of it. */
  async run(): Promise<void> {
    this.#memory = undefined;
    this.#rhythm.begin();
    this.#chronicle.begin(this.#repository);
    const begin = (signal: AbortSignal) => {
      const alarm = createAlarm(this.#world.clock);
      const custody = this.#takeCustody(alarm, signal);
      return [this.#followGit(custody, signal), this.#heal(custody, alarm, signal)];
    };
    await together(this.#life.signal, begin, () => {
      this.#abort(new Stopped());
      if (this.custody) this.#world.cluster.unfollow(this.custody.knowledge.follower);
    });
  }

  #takeCustody(alarm: Alarm, life: AbortSignal): Custody {
    const custody = createCustody(this.#world, {
      repository: this.#repository.id,
      policy: () => policyOf(this.#repository, this.#world.settings(), this.#isHurried),
      changed: () => alarm.nudge(),
      decided: () => alarm.reset(),
      tell: happening => {
        this.#chronicle.tell(this.#repository, happening);
      },
      life,
    });
    this.custody = custody;
    return custody;
  }

  #heal({ keeper, pruner }: Custody, alarm: Alarm, signal: AbortSignal): Promise<void> {
    const attempt = () => (this.#healing = new AbortController());
    const repository = nameOf(this.#repository.id);
    const healed = (report: Report) => {
      this.#chronicle.healed(this.#repository, report, this.#rhythm.generation);
      this.#amender.endConfirmation(this.#repository, report, pruner);
    };
    return heal(this.#world, { keeper, alarm, attempt, healed, repository }, signal);
  }

  async #followGit(custody: Custody, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const endLook = this.#pushes.beginLook();
      this.#tip = undefined;
      await this.#look(custody);
      endLook(this.#tip);
      const until = () => this.#pushes.hurry(this.#rhythm.pace);
      await this.#alarm.wait(until, signal).catch(() => undefined);
    }
  }

  async #look(custody: Custody): Promise<void> {
    const repository = this.#repository;
    if (repository.isLeaving) return this.#leave(repository, custody);
    const id = this.#world.newId();
    const fault = refusal(repository.parsed, this.#world.settings());
    if (fault !== undefined || !repository.parsed.ok) {
      custody.keeper.rest();
      if (fault) this.#finish(repository, summariseFault(id, undefined, fault));
      return;
    }
    const { spec } = repository.parsed;
    if (spec.suspend) this.#rest(repository, spec);
    else await this.#tryToSync(repository, spec, { id, custody });
  }

  async #leave(repository: Repository, custody: Custody): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const hurry = () => (this.#isHurried = true);
    const gone = () => this.#chronicle.removed(repository);
    try {
      await leave(this.#world, { repository, custody, hurry, gone }, attempt.signal);
      this.#rhythm.rest();
    } catch (error) {
      if (!attempt.signal.aborted) throw error;
    } finally {
      this.#attempt = undefined;
    }
  }

  async #tryToSync(
    repository: Repository,
    spec: RepositorySpec,
    { id, custody }: Pick<Trying, "id" | "custody">,
  ): Promise<void> {
    if (this.#rhythm.wake()) custody.keeper.beginWatching();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const startedAt = this.#world.clock.now();
    try {
      const [memory, chronicle, rhythm] = [this.#memory, this.#chronicle, this.#rhythm];
      const found = (tip: string) => (this.#tip = tip);
      const expected = this.#pushes.expected(this.#rhythm.pace);
      const trying = { id, attempt, custody, repository, spec, memory, chronicle, rhythm };
      const synced = await attemptSync(this.#world, this.#slots, { ...trying, expected, found });
      this.#memory = synced?.memory ?? memory;
      const report = synced?.report;
      if (report !== undefined) this.#finish(repository, report, startedAt);
    } catch (error) {
      const cause: unknown = attempt.signal.aborted ? attempt.signal.reason : error;
      this.#explain(repository, id, { error: cause, startedAt });
    } finally {
      this.#attempt = undefined;
    }
  }

  /** Until spec.suspend changes, which is another generation: neither Git nor the cluster is asked anything. */
  #rest(repository: Repository, spec: RepositorySpec): void {
    this.#amender.dropFinalizer(repository, spec);
    this.custody?.keeper.rest();
    this.#rhythm.rest();
    this.#chronicle.suspended(repository);
  }

  #explain(
    repository: Repository,
    id: string,
    { error, startedAt }: { error: unknown; startedAt: number },
  ): void {
    const fault = faultOf(error);
    if (fault === undefined) return;
    this.#finish(repository, summariseFault(id, undefined, fault), startedAt);
    if (!(error instanceof NopeaError)) throw error;
  }

  #finish(repository: Repository, report: Report, startedAt = this.#world.clock.now()): void {
    this.#rhythm.finished(repository, report, this.custody?.keeper.failures ?? new Map());
    this.#chronicle.finished(repository, report, this.#world.clock.now() - startedAt);
    if (this.custody) this.#amender.endConfirmation(repository, report, this.custody.pruner);
  }
}
