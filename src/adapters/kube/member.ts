/** One follower of one kind: what it was told, and what it has to be told next. */
import type { Sighting } from "../../model/live";
import type { KindInfo } from "../../model/manifest";
import { compareVersions } from "../../model/resource-version";
import type { Follower, Log } from "../../ports";

/** What one event of a watch says. */
export interface Change {
  readonly gone: boolean;
  readonly sighting: Sighting;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Member {
  readonly follower: Follower;
  readonly #kind: KindInfo;
  readonly #log: Log;
  /** resourceVersion of the list that it was told; undefined: none, or only one from before a gap. */
  #told: string | undefined;
  /** Changes that came while its list was under way; undefined: none is. */
  #kept: Change[] | undefined;
  /** It was told that there is nothing, since nobody serves the kind. */
  #unserved = false;
  #left = false;
  #run = new AbortController();
  #waiting: Waiting[] = [];

  constructor(follower: Follower, kind: KindInfo, log: Log) {
    this.follower = follower;
    this.#kind = kind;
    this.#log = log;
  }

  /** It knows everything that there is. */
  get isUpToDate(): boolean {
    return this.#told !== undefined;
  }

  get isListing(): boolean {
    return this.#kept !== undefined;
  }

  /** Resolves when it was listed; rejects when that failed. */
  listed(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Lists of it that are under way, or that would be tried again, are not. */
  cancel(): void {
    this.#run.abort();
    this.#kept = undefined;
  }

  /** What it was told is outdated, too; the signal is that of the next lists. */
  reset(): AbortSignal {
    this.cancel();
    this.#told = undefined;
    this.#run = new AbortController();
    return this.#run.signal;
  }

  /** A list of it is asked for: changes are kept from now on. */
  expectList(): void {
    this.#kept = [];
  }

  /** Tells what there is, and then what has changed since. */
  show(sightings: readonly Sighting[], resourceVersion: string): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    this.#told = resourceVersion;
    this.#unserved = false;
    this.#guard(() => this.follower.listed(this.#kind, sightings));
    for (const change of kept) this.tell(change);
    this.settle();
  }

  /** Tells, once, that there is nothing. */
  showUnserved(): void {
    this.#told = this.#kept = undefined;
    if (!this.#unserved) this.#guard(() => this.follower.listed(this.#kind, []));
    this.#unserved = true;
    this.settle();
  }

  /** Tells of a change, unless the list that it was told has it already. */
  tell(change: Change): void {
    if (this.#told === undefined) return void this.#kept?.push(change);
    const { gone, sighting } = change;
    if (compareVersions(sighting.live.resourceVersion, this.#told) <= 0) return;
    this.#guard(() => {
      if (gone) this.follower.lost(this.#kind, sighting);
      else this.follower.changed(this.#kind, sighting);
    });
  }

  /** Answers those who wait for the list. */
  settle(error?: unknown): void {
    this.#kept = undefined;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error === undefined) resolve();
      else reject(error);
    }
  }

  /** Nothing is told from now on. */
  leave(): void {
    this.#left = true;
    this.#run.abort();
    this.settle();
  }

  /** A follower that throws harms nobody else. */
  #guard(tell: () => void): void {
    if (this.#left) return;
    try {
      tell();
    } catch (error) {
      const what = error instanceof Error ? error.stack : String(error);
      this.#log.error({ kind: this.#kind.kind, error: what }, "a follower failed");
    }
  }
}
