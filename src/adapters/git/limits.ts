/** How much one fetch may take: nothing that a repository holds can make nopea run out of memory or time. */

export interface GitLimits {
  /** Bytes of one selected file. */
  readonly fileBytes: number;
  /** Bytes of all selected files. */
  readonly selectedBytes: number;
  /** Bytes that all answers of one call may have. */
  readonly transferBytes: number;
  /** Bytes of a commit together with its small files: where it is more, the files are asked for by their names. */
  readonly alongBytes: number;
  /** Bytes of one object that is held in memory as a whole; larger ones are passed over. */
  readonly objectBytes: number;
  /** Objects of a pack: each takes some 300 bytes in memory however small it is. */
  readonly objects: number;
  /** Bytes that all objects of a pack may unpack to, those included that are made of deltas again and again. */
  readonly unpackedBytes: number;
  /** Bytes of a list of refs. */
  readonly refsBytes: number;
  /** Entries of folders that are looked at. */
  readonly entries: number;
  /** Bytes of objects that are kept for the next fetch, of all repositories together. */
  readonly storeBytes: number;
}

const MIB = 2 ** 20;

export const GIT_LIMITS: GitLimits = {
  fileBytes: 4 * MIB,
  selectedBytes: 64 * MIB,
  // A large pack takes up to twice this in memory: see LARGE_PACKS.
  transferBytes: 64 * MIB,
  alongBytes: MIB,
  objectBytes: 16 * MIB,
  objects: 200_000,
  unpackedBytes: 2048 * MIB,
  refsBytes: 8 * MIB,
  entries: 200_000,
  storeBytes: 48 * MIB,
};
