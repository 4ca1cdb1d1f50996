/** Git's objects by their names, for all repositories together, up to a number of bytes: what is known is not fetched again. */
import { createHash } from "node:crypto";
import type { GitRemote } from "../../model/git-repository";
import { createByteCache } from "./byte-cache";
import type { PackedObject } from "./pack";
import { setNewest } from "./set-newest";

/** The objects of one repository, as far as they are still held, and the commits that were fetched of it. */
export interface Shelf {
  get(oid: string): PackedObject | undefined;
  put(oid: string, object: PackedObject): void;
  /** Newest first. */
  commits(): readonly string[];
  addCommit(oid: string): void;
}

export interface ObjectStore {
  shelf(partition: string): Shelf;
}

/** More would only make requests longer: what a server thinks we have and we have not costs one more request. */
const COMMITS = 4;
const PARTITIONS = 10_000;

/** `maxBytes` is for all shelves together; what was used last stays. */
export function createObjectStore(maxBytes: number): ObjectStore {
  const objects = createByteCache<string, PackedObject>(maxBytes);
  const commits = new Map<string, readonly string[]>();
  return {
    shelf: partition => ({
      get: oid => objects.get(`${partition} ${oid}`),
      put: (oid, object) => objects.set(`${partition} ${oid}`, compact(object)),
      commits: () => commits.get(partition) ?? [],
      addCommit: oid => {
        const others = (commits.get(partition) ?? []).filter(other => other !== oid);
        setNewest(commits, [partition, [oid, ...others].slice(0, COMMITS)], PARTITIONS);
      },
    }),
  };
}

/** Small buffers are parts of larger ones, which one of them would keep in memory as a whole. */
function compact({ kind, data }: PackedObject): PackedObject {
  if (data.buffer.byteLength <= data.length + 64) return { kind, data };
  const copy = Buffer.allocUnsafeSlow(data.length);
  data.copy(copy);
  return { kind, data: copy };
}

/**
 * Who may share objects: those who ask the same URL as the same user. Whoever only knows an object's name must not get
 * its content out of what was fetched for somebody else.
 */
export function partitionOf({ url, credentials }: GitRemote): string {
  const { authorization = "", ca = "" } = credentials ?? {};
  return createHash("sha256")
    .update(JSON.stringify([url, authorization, ca]))
    .digest("base64");
}
