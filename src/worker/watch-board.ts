/** The watcher's own watch of GitRepositories: what Pepr's misses is not lost, and whether there is one can be told. */
import type { Watching } from "../core/health/readiness";
import type { RawRepository } from "../model/git-repository";
import { isObject, type JsonObject } from "../model/json";
import type { Clock } from "../ports";
import type { Inbox } from "./inbox";

/** Told of GitRepositories, as a watch tells. */
export interface WatchBoard {
  /** A list is asked for. */
  begins(): void;
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
  let before: ReadonlyMap<string, string | undefined> = new Map<string, string>();
  const enter = (object: JsonObject) => {
    const raw = rawOf(object);
    uids.set(uidOf(raw), raw);
    return raw;
  };
  const remove = (raw: RawRepository) => {
    uids.delete(uidOf(raw));
    inbox.remove(raw);
  };
  return {
    begins() {
      before = new Map([...uids.keys()].map(uid => [uid, inbox.versionOf(uid)]));
    },
    replace(objects) {
      // until a watch stands, nobody hears of what comes after the list
      if (listedAt === undefined) lostAt = clock.now();
      listedAt = clock.now();
      answeredAt = listedAt;
      const found = new Set(objects.map(object => rawOf(object).metadata?.uid));
      for (const [uid, raw] of uids) if (!found.has(uid)) remove(raw);
      for (const raw of objects.map(enter)) inbox.relist(raw, before.get(uidOf(raw)));
    },
    upsert: object => inbox.upsert(enter(object)),
    remove: object => remove(rawOf(object)),
    connected(now) {
      lostAt = now ? undefined : (lostAt ?? clock.now());
    },
    answered: () => (answeredAt = clock.now()),
    watching: () => ({ listedAt, lostAt, answeredAt, repositories: uids.size }),
  };
}

function uidOf({ metadata }: RawRepository): string {
  return metadata?.uid ?? "";
}

/** Whatever it is, the inbox reads it with care. */
function rawOf(object: JsonObject): RawRepository {
  return isObject(object.metadata) ? object : {};
}
