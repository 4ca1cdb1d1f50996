/** A GitSource whose repositories are values: for tests of whoever uses one. */
import { createHash } from "node:crypto";
import { findFolder } from "../../src/adapters/git/find-folder";
import { GIT_LIMITS } from "../../src/adapters/git/limits";
import { readFiles } from "../../src/adapters/git/read-files";
import { selectFiles } from "../../src/adapters/git/select-files";
import type { TreeEntry, TreeReader } from "../../src/adapters/git/tree";
import { walkFolder } from "../../src/adapters/git/walk-folder";
import { NopeaError } from "../../src/model/errors";
import type { GitLocation } from "../../src/model/git-repository";
import type { GitSource } from "../../src/ports";
import type { CommitFiles } from "../contracts/git-source";

export interface FakeGit {
  readonly source: GitSource;
  /** Every call so far: "resolve" or "fetch", and of what. */
  readonly calls: readonly { readonly verb: "resolve" | "fetch"; readonly location: GitLocation }[];
  /** Makes a repository, empty at first. */
  create(url: string): void;
  /** Makes a branch hold exactly these files; returns the commit. */
  commit(url: string, files: CommitFiles, branch?: string): string;
  deleteBranch(url: string, branch: string): void;
  /** From now on every call for the repository fails with this; undefined: it works again. */
  fail(url: string, error: Error | undefined): void;
  /** From now on calls for the repository wait for this before they answer, or until they are aborted. */
  delay(url: string, gate: Promise<void> | undefined): void;
}

interface FakeRepository {
  readonly branches: Map<string, string>;
  error?: Error | undefined;
  gate?: Promise<void> | undefined;
}

/** Makes an empty world of Git repositories. */
export function createFakeGit(): FakeGit {
  const repositories = new Map<string, FakeRepository>();
  const commits = new Map<string, CommitFiles>();
  const calls: { verb: "resolve" | "fetch"; location: GitLocation }[] = [];
  const known = (url: string): FakeRepository => {
    const repository = repositories.get(url);
    if (repository === undefined) throw new NopeaError("git-not-found", `no repository at ${url}`);
    return repository;
  };
  const answer = async (verb: "resolve" | "fetch", location: GitLocation, signal: AbortSignal) => {
    calls.push({ verb, location });
    signal.throwIfAborted();
    const repository = known(location.url);
    if (repository.gate !== undefined) await Promise.race([repository.gate, aborted(signal)]);
    signal.throwIfAborted();
    if (repository.error !== undefined) throw repository.error;
    return repository;
  };
  return {
    source: {
      resolve: async (location, signal) =>
        tipOf(await answer("resolve", location, signal), location),
      fetch: async (location, commit, known, signal) => {
        await answer("fetch", location, signal);
        const content = commits.get(commit);
        if (content === undefined) throw new NopeaError("git-commit-not-found", `no ${commit}`);
        const { reader, root } = createReader(content);
        const folder = findFolder(reader, root, location, commit);
        const { found, submodules } = walkFolder(reader, folder, GIT_LIMITS);
        const files = selectFiles(reader, folder, found);
        return { commit, submodules, files: await readFiles(reader, files, known) };
      },
    },
    calls,
    create: url => repositories.set(url, { branches: new Map() }),
    commit: (url, files, branch = "main") => {
      const commit = sha(`commit ${commits.size} ${JSON.stringify(files)}`);
      commits.set(commit, files);
      if (!repositories.has(url)) repositories.set(url, { branches: new Map() });
      known(url).branches.set(branch, commit);
      return commit;
    },
    deleteBranch: (url, branch) => known(url).branches.delete(branch),
    fail: (url, error) => {
      known(url).error = error;
    },
    delay: (url, gate) => {
      known(url).gate = gate;
    },
  };
}

function tipOf({ branches }: FakeRepository, { branch }: GitLocation): string {
  const commit = branches.get(branch);
  if (commit !== undefined) return commit;
  const names = branches.size === 0 ? "it is empty" : `it has ${[...branches.keys()].join(", ")}`;
  throw new NopeaError("git-branch-not-found", `branch ${branch} does not exist: ${names}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function createReader(files: CommitFiles): { reader: TreeReader; root: string } {
  const blobs = new Map<string, Buffer>();
  const trees = new Map<string, TreeEntry[]>([["root", []]]);
  for (const [path, content] of Object.entries(files)) {
    const isLink = typeof content === "object";
    const data = Buffer.from(isLink ? content.linkTo : content);
    const oid = sha(data);
    blobs.set(oid, data);
    const name = path.slice(path.lastIndexOf("/") + 1);
    folderOf(trees, path).push({ mode: isLink ? "link" : "file", name, oid });
  }
  const reader: TreeReader = {
    tree: oid => trees.get(oid) ?? [],
    entry: (oid, name) => trees.get(oid)?.find(entry => entry.name === name),
    blob: oid => blobs.get(oid) ?? Buffer.alloc(0),
    bytes: oid => blobs.get(oid)?.length ?? 0,
  };
  return { reader, root: "root" };
}

// The entries of the folder that holds the path; made where it is missing.
function folderOf(trees: Map<string, TreeEntry[]>, path: string): TreeEntry[] {
  let here = "root";
  for (const name of path.split("/").slice(0, -1)) {
    const oid = `${here}/${name}`;
    if (!trees.has(oid)) {
      trees.get(here)?.push({ mode: "folder", name, oid });
      trees.set(oid, []);
    }
    here = oid;
  }
  return trees.get(here) ?? [];
}

function sha(data: string | Buffer): string {
  return createHash("sha1").update(data).digest("hex");
}
