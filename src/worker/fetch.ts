/** Steps 2 and 3 of the walk: files of a commit, as declared objects; what is known is neither fetched nor parsed again. */
import type { GitRemote } from "../model/git-repository";
import type { GitTree, World } from "../ports";
import { knownFiles, render, type Rendered } from "./render";
import { timed } from "./timed";

/** The last commit as it was rendered, and where it is from; losing it costs requests, never correctness. */
export type Memory = (Rendered & { readonly source: string }) | undefined;

export interface Fetching {
  readonly remote: GitRemote;
  readonly memory: Memory;
}

/** A commit that was fetched before anybody knew that it is the tip. */
export interface Ahead {
  readonly commit: string;
  /** Undefined: it could not be fetched, and whoever needs it asks anew. */
  readonly tree: Promise<GitTree | undefined>;
}

/** Rejects with a NopeaError, or with the signal's reason. */
export async function fetchAndRender(
  world: World,
  { remote, memory, commit, ahead }: Fetching & { commit: string; ahead: Ahead | undefined },
  signal: AbortSignal,
): Promise<Rendered & { readonly source: string }> {
  const last = lastOf({ remote, memory });
  if (last?.commit === commit) return last;
  const parsed = last?.parsed ?? new Map();
  const tree = await timed(world, "fetch", async () => {
    const fetched = ahead?.commit === commit ? await ahead.tree : undefined;
    signal.throwIfAborted();
    return fetched ?? world.git.fetch(remote, commit, knownFiles(parsed), signal);
  });
  const rendered = await timed(world, "render", () => render(world, tree, parsed, signal));
  return { ...rendered, source: sourceOf(remote) };
}

/** Fetches what a push says is the tip, while the server is asked whether it is; undefined: there is nothing to fetch. */
export function fetchAhead(
  { git }: Pick<World, "git">,
  { remote, memory, commit }: Fetching & { readonly commit: string | undefined },
  signal: AbortSignal,
): Ahead | undefined {
  const last = lastOf({ remote, memory });
  if (commit === undefined || last?.commit === commit) return undefined;
  const known = knownFiles(last?.parsed ?? new Map());
  // who asks anew gets an error of his own
  return { commit, tree: git.fetch(remote, commit, known, signal).catch(() => undefined) };
}

/** What is remembered of another place says nothing about this one. */
function lastOf({ remote, memory }: Fetching): Memory {
  return memory?.source === sourceOf(remote) ? memory : undefined;
}

function sourceOf({ url, branch, path }: GitRemote): string {
  return JSON.stringify([url, branch, path]);
}
