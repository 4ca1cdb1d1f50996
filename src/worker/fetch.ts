/** Steps 2 and 3 of the walk: files of a commit, as declared objects; what is known is neither fetched nor parsed again. */
import type { GitRemote } from "../model/git-repository";
import type { World } from "../ports";
import { knownFiles, render, type Rendered } from "./render";
import { timed } from "./timed";

/** The last commit as it was rendered, and where it is from; losing it costs requests, never correctness. */
export type Memory = (Rendered & { readonly source: string }) | undefined;

export interface Fetching {
  readonly remote: GitRemote;
  readonly memory: Memory;
}

/** Rejects with a NopeaError, or with the signal's reason. */
export async function fetchAndRender(
  world: World,
  { remote, memory, commit }: Fetching & { readonly commit: string },
  signal: AbortSignal,
): Promise<Rendered & { readonly source: string }> {
  const last = lastOf({ remote, memory });
  if (last?.commit === commit) return last;
  const parsed = last?.parsed ?? new Map();
  const known = knownFiles(parsed);
  const tree = await timed(world, "fetch", () => world.git.fetch(remote, commit, known, signal));
  const rendered = await timed(world, "render", () => render(world, tree, parsed, signal));
  return { ...rendered, source: sourceOf(remote) };
}

/**
 * Fetches what a push says is the tip, while the server is asked whether it is: whoever fetches it then waits for this,
 * and finds it in the source's store. Call the result with the tip, or with nothing at the end: any other commit is given
 * up. That it fails is told to nobody, since nobody asked for it yet; who does gets an error of his own.
 */
export function fetchAhead(
  { git }: Pick<World, "git">,
  { remote, memory, commit }: Fetching & { readonly commit: string | undefined },
  signal: AbortSignal,
): (tip?: string) => void {
  const last = lastOf({ remote, memory });
  if (commit === undefined || last?.commit === commit) return () => undefined;
  const ahead = new AbortController();
  const known = knownFiles(last?.parsed ?? new Map());
  void git
    .fetch(remote, commit, known, AbortSignal.any([signal, ahead.signal]))
    .catch(() => undefined);
  return tip => {
    if (tip !== commit) ahead.abort();
  };
}

/** What is remembered of another place says nothing about this one. */
function lastOf({ remote, memory }: Fetching): Memory {
  return memory?.source === sourceOf(remote) ? memory : undefined;
}

function sourceOf({ url, branch, path }: GitRemote): string {
  return JSON.stringify([url, branch, path]);
}
