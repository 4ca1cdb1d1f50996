/** The watcher's own watch of GitRepositories: what Pepr's misses is not lost, and whether there is one can be told. */
import type { Watching } from "../core/health/readiness";
import type { RawRepository } from "../model/git-repository";
import { isObject, type JsonObject } from "../model/json";
import type { Clock } from "../ports";
import type { Inbox } from "./inbox";

/** Told of GitRepositories, as a watch tells. */
export interface WatchBoard {
  replace(objects: readonly JsonObject[]): void;
  upsert(object: JsonObject): void;
  remove(object: JsonObject): void;
  /** Whether events arrive at once. */
  connected(now: boolean): void;
  /** The API server has answered something. */
  answered(): void;
  watching(): Watching;
}

/** Hands everything over to the inbox, which knows what it has heard already. */
export function createWatchBoard(clock: Pick<Clock, "now">, inbox: Inbox): WatchBoard {
  const uids = new Map<string, RawRepository>();
  let listedAt: number | undefined;
  let lostAt: number | undefined;
  let answeredAt: number | undefined;
  const upsert = (object: JsonObject) => {
    const raw = rawOf(object);
    uids.set(raw.metadata?.uid ?? "", raw);
    inbox.upsert(raw);
  };
  const remove = (raw: RawRepository) => {
    uids.delete(raw.metadata?.uid ?? "");
    inbox.remove(raw);
  };
  return {
    replace(objects) {
      // until a watch stands, nobody hears of what comes after the list
      if (listedAt === undefined) lostAt = clock.now();
      listedAt = clock.now();
      answeredAt = listedAt;
      const found = new Set(objects.map(object => rawOf(object).metadata?.uid));
      for (const [uid, raw] of uids) if (!found.has(uid)) remove(raw);
      objects.forEach(upsert);
    },
    upsert,
    remove: object => remove(rawOf(object)),
    connected(now) {
      lostAt = now ? undefined : (lostAt ?? clock.now());
    },
    answered: () => (answeredAt = clock.now()),
    watching: () => ({ listedAt, lostAt, answeredAt, repositories: uids.size }),
  };
}

/** Whatever it is, the inbox reads it with care. */
function rawOf(object: JsonObject): RawRepository {
  return isObject(object.metadata) ? object : {};
}
