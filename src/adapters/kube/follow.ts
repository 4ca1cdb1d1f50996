/** Tells followers of the live objects of their kinds: one feed a kind, for as long as somebody follows it. */
import { kindId, type KindInfo } from "../../model/manifest";
import type { Fault } from "../../model/verdict";
import type { Cluster, Follower } from "../../ports";
import { unlessAborted } from "../unless-aborted";
import { orUnavailable } from "./faults";
import { Feed, type FeedOptions } from "./feed";
import { collectionPath } from "./paths";

export type Following = Pick<Cluster, "follow" | "unfollow">;

export interface FollowingOptions extends FeedOptions {
  /** All kinds that somebody follows, whenever that has changed; returns at once, and never throws. */
  readonly followed?: (kinds: readonly KindInfo[]) => void;
}

type Feeds = Map<string, Feed>;

/** Feeds begin with the first follower of a kind and end with the last, or with `life`. */
export function createFollowing(options: FollowingOptions): Following {
  const feeds: Feeds = new Map<string, Feed>();
  const tell = createTeller(feeds, options.followed);
  options.life.addEventListener("abort", () => feeds.forEach(feed => feed.end()), { once: true });

  /** The fault of a kind that is unavailable; rejects for every other reason. What is `fresh` is not listed yet. */
  async function join(follower: Follower, kind: KindInfo, fresh: Set<string>) {
    const id = feedId(kind);
    const feed = feeds.get(id) ?? new Feed(kind, options);
    feeds.set(id, feed);
    if (!feed.has(follower)) fresh.add(id);
    const listed = feed.join(follower).then((): Fault | undefined => undefined);
    const fault = await orUnavailable(listed, fault => fault);
    fresh.delete(id);
    return fault;
  }

  return {
    async follow(follower, kinds, signal) {
      signal.throwIfAborted();
      leaveAllBut(feeds, follower, new Set(kinds.map(feedId)));
      const fresh = new Set<string>();
      const joining = kinds.map(kind => join(follower, kind, fresh));
      try {
        return faultsOf(kinds, await unlessAborted(Promise.allSettled(joining), signal));
      } finally {
        for (const id of fresh) leave(feeds, follower, id);
        tell();
      }
    },
    unfollow(follower) {
      leaveAllBut(feeds, follower, new Set());
      tell();
    },
  };
}

/** Tells nobody the same twice in a row. */
function createTeller(feeds: Feeds, followed: FollowingOptions["followed"]): () => void {
  let told = "";
  return () => {
    const now = [...feeds.keys()].sort().join("\n");
    if (now !== told) followed?.([...feeds.values()].map(({ kind }) => kind));
    told = now;
  };
}

/** By kindId. Throws what the first one rejected with. */
function faultsOf(
  kinds: readonly KindInfo[],
  results: readonly PromiseSettledResult<Fault | undefined>[],
): ReadonlyMap<string, Fault> {
  const faults = new Map<string, Fault>();
  results.forEach((result, index) => {
    if (result.status === "rejected") throw result.reason;
    const kind = kinds[index];
    if (kind !== undefined && result.value !== undefined) faults.set(kindId(kind), result.value);
  });
  return faults;
}

function leaveAllBut(feeds: Feeds, follower: Follower, wanted: ReadonlySet<string>): void {
  for (const [id, feed] of feeds) {
    if (feed.has(follower) && !wanted.has(id)) leave(feeds, follower, id);
  }
}

function leave(feeds: Feeds, follower: Follower, id: string): void {
  const feed = feeds.get(id);
  feed?.leave(follower);
  if (feed?.isEmpty === true) feeds.delete(id);
}

/** A definition that was deleted and made anew may serve the same kind elsewhere. */
function feedId(kind: KindInfo): string {
  return `${kindId(kind)} ${collectionPath(kind, "")} ${kind.namespaced ? "in namespaces" : ""}`;
}
