/** Remembers which repositories are gone: Pepr watches changes and deletions apart, and a change may come in late. */

export interface Tombstones {
  add(uid: string): void;
  has(uid: string): boolean;
}

/** A uid is never used again, so only memory bounds how many are kept. */
const MOST = 10_000;

export function createTombstones(): Tombstones {
  const uids = new Set<string>();
  return {
    has: uid => uids.has(uid),
    add(uid) {
      uids.add(uid);
      const [oldest] = uids;
      if (uids.size > MOST && oldest !== undefined) uids.delete(oldest);
    },
  };
}
