/** Everything of one kind that nopea labelled: one watch for all who follow the kind, and a list for each of them. */
import { LABEL_REPOSITORY } from "../../model/annotations";
import { kindId, type KindInfo } from "../../model/manifest";
import type { Follower, Log } from "../../ports";
import type { Kube, KubeStream } from "./client";
import { listAll, selectorOf } from "./list";
import { readSighting } from "./live";
import { Member } from "./member";
import { collectionPath } from "./paths";
import { pause, watch, WATCH_LIMITS, type WatchEvent, type WatchLimits } from "./watch";

export interface FeedOptions {
  readonly kube: Kube;
  readonly stream: KubeStream;
  readonly log: Log;
  /** Ends every watch. */
  readonly life: AbortSignal;
  readonly limits?: WatchLimits;
}

/** The watch does not know where to begin and waits for its next attempt, or is asking, or knows. */
type State = "waiting" | "beginning" | "begun";

export class Feed {
  readonly kind: KindInfo;
  readonly #options: FeedOptions;
  readonly #members = new Map<Follower, Member>();
  #state: State = "waiting";
  #watching = new AbortController();
  #troubled = false;

  constructor(kind: KindInfo, options: FeedOptions) {
    this.kind = kind;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  has(follower: Follower): boolean {
    return this.#members.has(follower);
  }

  /** Resolves when it was listed, which costs nothing where it was already; rejects when that failed. */
  join(follower: Follower): Promise<void> {
    const member = this.#members.get(follower) ?? this.#add(follower);
    if (member.isUpToDate) return Promise.resolve();
    const listed = member.listed();
    if (this.#state === "waiting") this.#start();
    else if (this.#state === "begun" && !member.isListing) void this.#keepListing(member);
    return listed;
  }

  leave(follower: Follower): void {
    this.#members.get(follower)?.leave();
    this.#members.delete(follower);
    if (this.isEmpty) this.end();
  }

  end(): void {
    this.#watching.abort();
    for (const member of this.#members.values()) member.leave();
  }

  #add(follower: Follower): Member {
    const member = new Member(follower, this.kind, this.#options.log);
    this.#members.set(follower, member);
    return member;
  }

  /** A new watch, instead of one that waits. */
  #start(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    const watched = {
      path: collectionPath(this.kind, ""),
      query: { labelSelector: LABEL_REPOSITORY },
      begin: (signal: AbortSignal) => this.#begin(signal),
      event: (event: WatchEvent) => this.#receive(event),
      connected: (now: boolean) => {
        if (now) this.#over();
      },
      trouble: (error: unknown) => this.#trouble(error),
    };
    const { stream, limits } = this.#options;
    void watch(stream, watched, this.#watching.signal, limits);
  }

  /** The first follower's list is where the watch begins; those of all others come from then on. */
  async #begin(signal: AbortSignal): Promise<string> {
    this.#state = "beginning";
    try {
      const version = await this.#listFirst(signal);
      this.#state = "begun";
      return version;
    } catch (error) {
      signal.throwIfAborted();
      this.#state = "waiting";
      for (const member of this.#members.values()) member.settle(error);
      throw error;
    }
  }

  async #listFirst(signal: AbortSignal): Promise<string> {
    const [first] = this.#members.values();
    if (first === undefined) throw new Error("nobody follows");
    for (const member of this.#members.values()) member.cancel();
    const version = await this.#list(first, signal);
    if (version === undefined) throw this.#tellUnserved();
    for (const member of this.#members.values()) {
      if (member !== first) void this.#keepListing(member);
    }
    return version;
  }

  #tellUnserved(): Error {
    for (const member of this.#members.values()) member.showUnserved();
    return new Error(`${collectionPath(this.kind, "")} is not served`);
  }

  /** Until it is listed, as often as that takes. */
  async #keepListing(member: Member): Promise<void> {
    const { limits = WATCH_LIMITS } = this.#options;
    const signal = member.reset();
    let failures = 0;
    while (!signal.aborted && !(await this.#tryToList(member, signal))) {
      await pause(++failures, limits, signal);
    }
  }

  /** True when there is nothing left to try. */
  async #tryToList(member: Member, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#list(member, signal)) !== undefined;
    } catch (error) {
      if (signal.aborted) return true;
      member.settle(error);
      this.#trouble(error);
      return false;
    }
  }

  /** Lists to one follower and returns the list's resourceVersion; undefined where nobody serves the kind. */
  async #list(member: Member, signal: AbortSignal): Promise<string | undefined> {
    const kind = this.kind;
    member.expectList();
    const labelSelector = selectorOf(member.follower.labels);
    const listed = await listAll(
      this.#options.kube,
      { kind, namespace: "", labelSelector },
      signal,
    );
    signal.throwIfAborted();
    if (listed === undefined) {
      member.showUnserved();
      return undefined;
    }
    const sightings = listed.items.flatMap(item => readSighting(kind, item) ?? []);
    member.show(sightings, listed.resourceVersion);
    return listed.resourceVersion;
  }

  /** Read once, told to all: whose it is they know themselves. */
  #receive({ type, object }: WatchEvent): void {
    const sighting = readSighting(this.kind, object);
    if (sighting === undefined) return;
    const change = { gone: type === "DELETED", sighting };
    for (const member of this.#members.values()) member.tell(change);
  }

  /** Told when it begins and when it is over: a kind that is gone for good would fill the log. */
  #trouble(error: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    const fields = { kind: kindId(this.kind), error: String(error) };
    this.#options.log.warn(fields, "watch of a kind interrupted");
  }

  #over(): void {
    if (!this.#troubled) return;
    this.#troubled = false;
    this.#options.log.info({ kind: kindId(this.kind) }, "watch of a kind goes on");
  }
}
