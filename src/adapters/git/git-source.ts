/** Keeps the promise of GitSource over smart HTTP: asks for a branch's tip, fetches that one commit, reads its manifests. */
import type { Dispatcher } from "undici";
import type { GitLocation } from "../../model/git-repository";
import type { GitSource, GitTree } from "../../ports";
import { discoverTip, resolveBranch } from "./branch";
import { findFolder } from "./find-folder";
import { createGitHttp, type GitHttp } from "./http";
import { GIT_LIMITS, type GitLimits } from "./limits";
import { openPack } from "./pack";
import { createPacer, type Pacer } from "./pacer";
import { readFiles } from "./read-files";
import { selectFiles } from "./select-files";
import { parseCommit } from "./tree";
import { createTreeReader } from "./tree-reader";
import { requestPack } from "./upload-pack";

export interface GitSourceOptions {
  /** Connections to Git servers: made by createGitDispatcher, which refuses what addresses are not allowed. */
  readonly dispatcher: Dispatcher;
  readonly limits?: Partial<GitLimits>;
}

interface Call {
  readonly http: GitHttp;
  readonly location: GitLocation;
  readonly limits: GitLimits;
  readonly pacer: Pacer;
}

/** Makes the source; it holds nothing between two calls but the dispatcher's connections. */
export function createGitSource(options: GitSourceOptions): GitSource {
  const limits = { ...GIT_LIMITS, ...options.limits };
  const run = async <T>(
    location: GitLocation,
    signal: AbortSignal,
    work: (call: Call) => Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted();
    const { dispatcher } = options;
    const http = createGitHttp({ dispatcher, signal, maxBytes: limits.transferBytes });
    const url = baseUrl(location.url);
    try {
      return await work({
        http,
        location: { ...location, url },
        limits,
        pacer: createPacer(signal),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      http.close();
    }
  };
  return {
    resolve: (location, signal) =>
      run(location, signal, ({ http, location: asked }) => resolveBranch(http, asked)),
    fetch: (location, signal) => run(location, signal, fetchTree),
  };
}

async function fetchTree({ http, location, limits, pacer }: Call): Promise<GitTree> {
  const tip = await discoverTip(http, location);
  const bytes = await requestPack(http, location.url, tip, limits.transferBytes);
  const pack = await openPack(bytes, limits, pacer);
  const reader = createTreeReader(pack);
  const root = parseCommit(pack.read(tip.commit, "commit"));
  const folder = findFolder(reader, root, location, tip.commit);
  const files = await readFiles(reader, selectFiles(reader, folder, limits), pacer);
  return { commit: tip.commit, files };
}

// Credentials are never taken from the URL: they come from a Secret, and what is not there can't leak.
function baseUrl(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
