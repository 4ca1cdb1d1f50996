/** Tells followers of the live objects of their kinds: one feed a kind, for as long as somebody follows it. */
import { kindId, type KindInfo } from "../../model/manifest";
import type { Fault } from "../../model/verdict";
import type { Cluster, Follower } from "../../ports";
import { unlessAborted } from "../unless-aborted";
import { orUnavailable } from "./faults";
import { Feed, type FeedOptions } from "./feed";
import { collectionPath } from "./paths";

export type Following = Pick<Cluster, "follow" | "unfollow">;

type Feeds = Map<string, Feed>;

/** Feeds begin with the first follower of a kind and end with the last, or with `life`. */
export function createFollowing(options: FeedOptions): Following {
  const feeds: Feeds = new Map<string, Feed>();
  options.life.addEventListener("abort", () => feeds.forEach(feed => feed.end()), { once: true });

  /** The fault of a kind that is unavailable; for every other reason it rejects, and follows no more than before. */
  async function join(
    follower: Follower,
    kind: KindInfo,
    signal: AbortSignal,
  ): Promise<Fault | undefined> {
    const id = feedId(kind);
    const feed = feeds.get(id) ?? new Feed(kind, options);
    feeds.set(id, feed);
    const isNew = !feed.has(follower);
    try {
      return await orUnavailable(
        unlessAborted(feed.join(follower), signal).then((): Fault | undefined => undefined),
        fault => fault,
      );
    } catch (error) {
      if (isNew) leave(feeds, follower, id);
      throw error;
    }
  }

  return {
    async follow(follower, kinds, signal) {
      signal.throwIfAborted();
      leaveAllBut(feeds, follower, new Set(kinds.map(feedId)));
      const faults = new Map<string, Fault>();
      const joining = kinds.map(async kind => {
        const fault = await join(follower, kind, signal);
        if (fault !== undefined) faults.set(kindId(kind), fault);
      });
      // all of them: what is left behind is as it will stay
      for (const result of await Promise.allSettled(joining)) {
        if (result.status === "rejected") throw result.reason;
      }
      return faults;
    },
    unfollow: follower => leaveAllBut(feeds, follower, new Set()),
  };
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
