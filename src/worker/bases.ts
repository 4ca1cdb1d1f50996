/** What commits of before declared: the base of the three-way after a restart. */
import type { Locating } from "../core/sync/locate";
import { NopeaError } from "../model/errors";
import type { GitRemote } from "../model/git-repository";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { World } from "../ports";
import { locateAll } from "./locate-all";
import { render, type ParsedFiles, knownFiles } from "./render";

/** By formatKey; undefined: the commit can't be had any more. */
export type BaseOf = (commit: string) => Promise<ReadonlyMap<string, Desired> | undefined>;

export interface BaseSource {
  readonly remote: GitRemote;
  /** Files that need not be fetched again. */
  readonly parsed: ParsedFiles;
  /** How objects are named and marked now: what has another name now has no base. */
  readonly locating: Locating;
}

/** Each commit is read once, however many objects name it. Rejects where the Git server cannot be asked. */
export function createBases(
  world: World,
  { remote, parsed, locating }: BaseSource,
  signal: AbortSignal,
): BaseOf {
  const read = async (commit: string) => {
    try {
      const tree = await world.git.fetch(remote, commit, knownFiles(parsed), signal);
      const rendered = await render(world, tree, parsed, signal);
      const { desired } = await locateAll(world, rendered.declared, locating);
      return new Map(desired.map(item => [formatKey(item.key), item]));
    } catch (error) {
      if (!isLost(error)) throw error;
      world.log.warn({ commit, cause: error.message }, "base not found");
      return undefined;
    }
  };
  const bases = new Map<string, ReturnType<typeof read>>();
  return commit => {
    const known = bases.get(commit) ?? read(commit);
    bases.set(commit, known);
    return known;
  };
}

/** The history was rewritten, or the path did not exist then: no try will bring it back. */
function isLost(error: unknown): error is NopeaError {
  return (
    error instanceof NopeaError &&
    ["git-commit-not-found", "git-path-not-found", "git-too-large"].includes(error.code)
  );
}
