/** When a repository's worker looks at Git again, and when it walks although nothing has changed there. */
import { isTooEarly } from "../core/sync/backoff";
import type { Failures } from "../core/sync/failures";
import { isSettled, type Settled, type Wish } from "../core/sync/news";
import { paceAfter, type Pace } from "../core/sync/pace";
import { spread } from "../core/sync/spread";
import type { Repository, RepositoryStatus } from "../model/git-repository";
import { firstFault, type Report } from "../model/report";
import type { Clock } from "../ports";

export class Rhythm {
  readonly #clock: Pick<Clock, "now">;
  /** What the last attempt dealt with. */
  #settled: Settled | undefined;
  #pace: Pace = { wakeAt: 0, walkAt: 0, isFixed: false };
  #failed = 0;
  #isResting = false;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** Of the GitRepository that the last attempt dealt with. */
  get generation(): number | undefined {
    return this.#settled?.generation;
  }

  /** A new working life: nothing is settled. */
  begin(): void {
    this.#settled = undefined;
  }

  /** True where Git and the spec are as the last attempt left them, and it is not time to walk again. */
  hasNothingToDo(wish: Wish, status: RepositoryStatus): boolean {
    const { walkAt } = this.#pace;
    const waits = walkAt === Infinity || isTooEarly(walkAt, this.#clock.now());
    return waits && isSettled(wish, this.#settled, status);
  }

  /** Nothing had to be done. */
  idle(intervalMs: number, id: string): void {
    const wakeAt = Math.min(this.#clock.now() + spread(intervalMs, id), this.#pace.walkAt);
    this.#pace = { ...this.#pace, wakeAt };
  }

  /** Until another generation. */
  rest(): void {
    this.#isResting = true;
    this.#failed = 0;
    this.#settled = undefined;
    this.#pace = { wakeAt: Infinity, walkAt: Infinity, isFixed: true };
  }

  /** True where it has rested until now. */
  wake(): boolean {
    const hasRested = this.#isResting;
    this.#isResting = false;
    return hasRested;
  }

  finished({ generation, parsed }: Repository, report: Report, failures: Failures): void {
    const now = this.#clock.now();
    this.#failed = firstFault(report) === undefined ? 0 : this.#failed + 1;
    this.#settled = { commit: report.commit, generation };
    const intervalMs = spread(parsed.ok ? parsed.spec.intervalMs : 300_000, report.id);
    this.#pace = paceAfter({ report, failures, failed: this.#failed, intervalMs, now });
  }
}
