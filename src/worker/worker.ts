/** One repository's life: looks at Git when it is time or when nudged, walks when something changed, and tells. */
import { refusal } from "../core/repository/refusal";
import { summariseFault } from "../core/report/summarise";
import { isNews } from "../core/sync/news";
import { NopeaError } from "../model/errors";
import type { Repository, RepositorySpec } from "../model/git-repository";
import type { Report } from "../model/report";
import type { World } from "../ports";
import { createAlarm, type Alarm } from "./alarm";
import { Chronicle } from "./chronicle";
import { createCustody, type Custody } from "./custody";
import { setDeadline } from "./deadline";
import { faultOf, Stopped, Superseded } from "./endings";
import { heal } from "./heal";
import { policyOf } from "./policy";
import { createPushes, type Pushes } from "./pushes";
import { remoteOf } from "./remote";
import { Rhythm } from "./rhythm";
import type { Slots } from "./slots";
import { sync, type Memory } from "./sync";
import { together } from "./together";

export class Worker {
  readonly #world: World;
  readonly #slots: Slots;
  readonly #alarm: Alarm;
  readonly #pushes: Pushes;
  readonly #chronicle: Chronicle;
  readonly #life = new AbortController();
  #repository: Repository;
  #attempt: AbortController | undefined;
  #memory: Memory;
  /** Undefined: it has not run yet. Others may tell it what they have heard. */
  custody: Custody | undefined;
  /** What ends the decisions on the cluster that are under way. */
  #healing: AbortController | undefined;
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
  }

  get repository(): Repository {
    return this.#repository;
  }

  /** A newer version of the GitRepository; true if it means work: a status write does not. */
  update(repository: Repository): boolean {
    const before = this.#repository;
    this.#repository = repository;
    if (repository.generation !== before.generation) this.supersede();
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
      policy: () => policyOf(this.#repository, this.#world.settings()),
      changed: () => alarm.nudge(),
      decided: () => alarm.reset(),
      life,
    });
    this.custody = custody;
    return custody;
  }

  #heal({ keeper }: Custody, alarm: Alarm, signal: AbortSignal): Promise<void> {
    const attempt = () => (this.#healing = new AbortController());
    const healed = (report: Report) =>
      this.#chronicle.healed(this.#repository, report, this.#rhythm.generation);
    return heal(this.#world, { keeper, alarm, attempt, healed }, signal);
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
    const id = this.#world.newId();
    const fault = refusal(repository.parsed, this.#world.settings());
    if (fault !== undefined || !repository.parsed.ok) {
      custody.keeper.rest();
      if (fault) this.#finish(repository, summariseFault(id, undefined, fault));
      return;
    }
    if (repository.parsed.spec.suspend) this.#rest(repository);
    else await this.#tryToSync(repository, repository.parsed.spec, { id, custody });
  }

  async #tryToSync(
    repository: Repository,
    spec: RepositorySpec,
    { id, custody }: Omit<Trying, "attempt">,
  ): Promise<void> {
    if (this.#rhythm.wake()) custody.keeper.beginWatching();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const startedAt = this.#world.clock.now();
    try {
      const report = await this.#attemptSync(repository, spec, { id, attempt, custody });
      if (report !== undefined) this.#finish(repository, report, startedAt);
    } catch (error) {
      const cause: unknown = attempt.signal.aborted ? attempt.signal.reason : error;
      this.#explain(repository, id, { error: cause, startedAt });
    } finally {
      this.#attempt = undefined;
    }
  }

  /** Undefined: nothing has changed. */
  async #attemptSync(
    repository: Repository,
    spec: RepositorySpec,
    { id, attempt, custody }: Trying,
  ): Promise<Report | undefined> {
    const giveBack = await this.#slots.take(attempt.signal);
    const liftDeadline = setDeadline(this.#world.clock, spec, attempt);
    try {
      const remote = await remoteOf(this.#world, repository.id, spec, attempt.signal);
      const tip = await this.#world.git.resolve(remote, attempt.signal);
      this.#tip = tip;
      const wish = { ...repository, tip };
      if (this.#rhythm.hasNothingToDo(wish, this.#chronicle.status)) {
        this.#rhythm.idle(spec.intervalMs, id);
        return undefined;
      }
      if (isNews(wish, this.#chronicle.status)) this.#chronicle.syncing(repository, tip);
      const { status } = this.#chronicle;
      const { generation } = repository;
      const [memory, chronicle] = [this.#memory, this.#chronicle];
      const job = { ...custody, id, spec, remote, tip, memory, status, generation, chronicle };
      const synced = await sync(this.#world, job, attempt.signal);
      this.#memory = synced.memory;
      return synced.report;
    } finally {
      liftDeadline();
      giveBack();
    }
  }

  /** Until spec.suspend changes, which is another generation: neither Git nor the cluster is asked anything. */
  #rest(repository: Repository): void {
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
  }
}

interface Trying {
  readonly id: string;
  readonly attempt: AbortController;
  readonly custody: Custody;
}
