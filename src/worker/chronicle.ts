/** Step 9 of the walk for one repository: its status, the log and the metrics, always from one report. */
import {
  statusBefore,
  statusDuring,
  statusSuspended,
  tells,
  type Ahead,
  statusAhead,
} from "../core/status/progress";
import { statusAfter, type StatusContext } from "../core/status/status";
import {
  prunedNews,
  standingAfter,
  standingNews,
  standingOf,
  type Standing,
} from "../core/tell/standing-news";
import { syncNews } from "../core/tell/sync-news";
import { toldOf } from "../core/tell/told-of";
import type { Episode } from "../model/episode";
import type { Happening } from "../model/happening";
import { nameOf, type Repository, type RepositoryStatus } from "../model/git-repository";
import type { Report } from "../model/report";
import type { OpenDrift, World } from "../ports";
import { createStatusWriter, type StatusWriter } from "./status-writer";
import { tell, tellHealed } from "./tell";

/** Requests give up after a minute. */
const LONGEST_WRITE_MS = 120_000;

export class Chronicle {
  readonly #world: World;
  readonly #status: StatusWriter;
  readonly #life: AbortSignal;
  /** What the last look at Git came to: healing goes on, but does not hide it. */
  #last: Report | undefined;
  /** What was healed during the sync that is under way. */
  #untold: Report | undefined;
  #standing: Standing;

  /** `life` ends the writing. */
  constructor(world: World, { id, status: initial }: Repository, life: AbortSignal) {
    const { cluster, clock, log, pulse } = world;
    const write = async (status: RepositoryStatus) => {
      const end = pulse.begin({
        loop: "status",
        limitMs: LONGEST_WRITE_MS,
        repository: nameOf(id),
      });
      await cluster.writeStatus(id, status, life).finally(end);
    };
    this.#world = world;
    this.#life = life;
    this.#standing = standingOf(initial);
    this.#status = createStatusWriter({ initial, write, clock, log, life });
  }

  /** As it is meant to be. */
  get status(): RepositoryStatus {
    return this.#status.current();
  }

  begin(repository: Repository): void {
    if (this.status.phase === undefined) this.#status.set(statusBefore(this.#context(repository)));
  }

  syncing(repository: Repository, tip: string): void {
    const goesOn = this.#goesOn();
    this.#set(repository, statusDuring(tip, this.#context(repository)), goesOn);
  }

  suspended(repository: Repository): void {
    const isNew = this.status.phase !== "Suspended";
    const status = statusSuspended(this.#context(repository));
    this.#set(repository, status, isNew ? [{ what: "rests" }] : []);
  }

  /** The GitRepository and its objects are gone. */
  removed(repository: Repository): void {
    this.tell(repository, { what: "removed", commit: this.status.lastSyncedCommit });
  }

  /** Resolves when the status tells this, rejects when the signal is aborted. */
  async tellAhead(ahead: Ahead, signal: AbortSignal): Promise<void> {
    // a status that is meant to be, but could not be written yet, does not help whoever restarts
    if (tells(this.#status.written(), ahead)) return;
    this.#status.set(statusAhead(this.status, ahead));
    await this.#status.flush(signal);
  }

  /** A look at Git has ended. */
  finished(repository: Repository, report: Report, milliseconds: number): void {
    this.#last = report;
    const context = { ...this.#context(repository), syncAt: repository.syncAt };
    this.#setAfter(repository, report, context);
    tell(this.#world, repository, report, milliseconds);
    this.#tellPruned(repository, report);
    if (report.looked) this.#count(repository, report);
    // one that ended before it looked at the cluster does not tell of it
    if (this.#untold && !report.looked)
      this.#setHealed(repository, this.#untold, context.generation);
    this.#untold = undefined;
  }

  /** Something was decided between two looks at Git. `generation` is that of the last look. */
  healed(repository: Repository, report: Report, generation: number | undefined): void {
    tellHealed(this.#world, repository, report);
    this.#tellPruned(repository, report);
    this.#count(repository, report);
    // a sync that is under way tells the same when it ends
    if (this.status.phase === "Syncing") this.#untold = report;
    else this.#setHealed(repository, report, generation);
  }

  #count({ id }: Repository, { suspended, drift }: Report): void {
    // a sync that ends after its GitRepository is gone must not bring its series back
    if (this.#life.aborted) return;
    const { metrics } = this.#world;
    const since = suspended.map(({ at }) => at);
    metrics.suspended(id.uid, since);
    metrics.openDrift(id.uid, { repository: nameOf(id), classes: byClass(drift) });
  }

  #setHealed(repository: Repository, report: Report, generation: number | undefined): void {
    const { fault, commit = "", adopted } = this.#last ?? report;
    const whole = { ...report, commit, adopted, ...(fault === undefined ? {} : { fault }) };
    const context = this.#context(repository);
    this.#setAfter(repository, whole, {
      ...context,
      generation: generation ?? repository.generation,
    });
  }

  /** Nothing is told before the status says it: whoever begins anew after that would tell it once more. */
  #setAfter(repository: Repository, report: Report, context: StatusContext): void {
    const before = this.status;
    const after = statusAfter(report, context);
    const goesOn = this.#goesOn();
    const standing = report.isWhole ? standingNews(this.#standing, report) : [];
    if (report.isWhole) this.#standing = standingAfter(report);
    this.#set(repository, after, [...goesOn, ...syncNews({ before, after, report }), ...standing]);
  }

  /** The objects are gone, whatever the status will say. */
  #tellPruned(repository: Repository, report: Report): void {
    for (const happening of prunedNews(report)) this.tell(repository, happening);
  }

  #goesOn(): readonly Happening[] {
    return this.status.phase === "Suspended" ? [{ what: "goes-on" }] : [];
  }

  #set(repository: Repository, status: RepositoryStatus, happenings: readonly Happening[]): void {
    const tell = () => {
      for (const happening of happenings) this.tell(repository, happening);
    };
    this.#status.set(status, happenings.length === 0 ? undefined : tell);
  }

  /** Now: what it tells is in the cluster already. */
  tell(repository: Repository, happening: Happening): void {
    const { notifier, clock } = this.#world;
    notifier.tell(happening, toldOf(repository), clock.now());
  }

  #context({ generation, parsed }: Repository) {
    const { clock } = this.#world;
    return {
      previous: this.status,
      generation,
      now: clock.rfc3339(clock.now()),
      rfc3339: (milliseconds: number) => clock.rfc3339(milliseconds),
      branch: parsed.ok ? parsed.spec.branch : "",
    };
  }
}

function byClass(drift: Report["drift"]): OpenDrift["classes"] {
  const classes: Partial<Record<Episode["class"], number>> = {};
  for (const { class: found } of drift) classes[found] = (classes[found] ?? 0) + 1;
  return classes;
}
