/** One client in a process of its own, for the Git benchmark: two commits of a repository, the second after a word on stdin. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import * as git from "isomorphic-git";
import http from "isomorphic-git/http/node";
import { createGitConnections } from "../../src/adapters/git/connections";
import { createGitSource } from "../../src/adapters/git/git-source";
import type { GitTree } from "../../src/ports";

/** What a client tells after each of the two commits. */
export interface ClientResult {
  readonly milliseconds: number;
  /** Peak of resident memory so far, above what the process took before it began. */
  readonly megabytes: number;
  readonly files: number;
}

const [client = "", url = "", path = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  const sync =
    client === "nopea" ? asNopea() : asIsomorphicGit(await mkdtemp(join(tmpdir(), "git-")));
  const before = process.memoryUsage.rss() / 2 ** 20;
  await report(sync.next, before);
  await once(process.stdin, "data");
  await report(sync.next, before);
  await sync.close();
  process.exit(0);
}

async function report(next: () => Promise<number>, before: number): Promise<void> {
  const started = performance.now();
  const files = await next();
  const milliseconds = performance.now() - started;
  const result: ClientResult = { milliseconds, megabytes: (await peak()) - before, files };
  console.log(JSON.stringify(result));
}

/** MiB. What getrusage says begins with the parent's memory. */
async function peak(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}

function asNopea() {
  const policy = () => ({ allowPrivate: true, allowLoopback: true });
  const connections = createGitConnections({ policy });
  const source = createGitSource({ connections });
  const remote = { url, branch: "main", path };
  const { signal } = new AbortController();
  let tree: GitTree | undefined;
  return {
    next: async () => {
      const before = new Map(tree?.files.map(({ path: name, oid }) => [name, oid]));
      const commit = await source.resolve(remote, signal);
      const known = (name: string, oid: string) => (before.get(name) === oid ? 1 : undefined);
      tree = await source.fetch(remote, commit, known, signal);
      return tree.files.length;
    },
    close: () => connections.destroy(),
  };
}

/** As its documentation says: a shallow clone of one branch, then a fetch, and the blobs below the path. */
function asIsomorphicGit(dir: string) {
  const cache = {};
  const common = { fs, http, dir, cache };
  let cloned = false;
  return {
    next: async () => {
      if (!cloned) {
        const options = { url, ref: "main", depth: 1, singleBranch: true, noCheckout: true };
        await git.clone({ ...common, ...options });
      }
      if (cloned) await git.fetch({ ...common, ref: "main", depth: 1, singleBranch: true });
      cloned = true;
      const oid = await git.resolveRef({ ...common, ref: "refs/remotes/origin/main" });
      const { tree } = await git.readTree({ ...common, oid, filepath: path });
      for (const entry of tree) await git.readBlob({ ...common, oid: entry.oid });
      return tree.length;
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

void main();
