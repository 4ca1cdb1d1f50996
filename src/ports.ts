/** What nopea needs from the world outside: promises that adapters keep and that tests can keep in their place. */
import type { GitLocation } from "./model/git-repository";

/** One file of a commit. `path` is relative to the repository's root, with `/`. */
export interface GitFile {
  readonly path: string;
  /** Object id of the blob: equal ids mean equal content. */
  readonly oid: string;
  readonly content: Uint8Array;
}

export interface GitTree {
  /** Full SHA of the commit that the files are from. */
  readonly commit: string;
  /**
   * Regular files (and symlinks that stay inside the repository, as their target's content) under `path` that end in
   * .yaml, .yml or .json, sorted by path; hidden files and folders and what .nopeaignore names are left out.
   */
  readonly files: readonly GitFile[];
}

/** Reads Git repositories. Rejects with NopeaError (codes git-*) and with the signal's reason once it is aborted. */
export interface GitSource {
  /** Full SHA of the branch's tip: one small request. */
  resolve(location: GitLocation, signal: AbortSignal): Promise<string>;
  /** The tree at the branch's tip, which may be newer than the last resolve. */
  fetch(location: GitLocation, signal: AbortSignal): Promise<GitTree>;
}
