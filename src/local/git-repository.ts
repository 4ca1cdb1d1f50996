/** A bare Git repository that is written without a working tree. */
import { execFile, type ExecFileException } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fastImportStream, type CommitOptions, type Files } from "./git-fast-import";

export interface GitRepository {
  readonly directory: string;
  /** Commits files to a branch (default main) and returns the SHA; null deletes a file. */
  commit(files: Files, options?: CommitOptions): Promise<string>;
  /** The SHA that a branch points to. */
  head(branch?: string): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  /** Any git command in the repository; its output. */
  git(...args: readonly string[]): Promise<string>;
}

/** Makes an empty bare repository that may be pushed to, and fetched from with filters and by SHA. */
export async function createBareRepository(root: string, name: string): Promise<GitRepository> {
  const directory = join(root, name);
  await mkdir(directory, { recursive: true });
  const git = (...args: readonly string[]) => runGit(directory, args);
  await git("init", "--quiet", "--bare", "--initial-branch=main", ".");
  for (const setting of [
    "http.receivepack=true",
    "uploadpack.allowFilter=true",
    "uploadpack.allowAnySHA1InWant=true",
    "gc.auto=0",
  ]) {
    await git("config", ...setting.split("="));
  }
  const head = async (branch = "main") => (await git("rev-parse", `refs/heads/${branch}`)).trim();
  const write = async (files: Files, options: CommitOptions) => {
    const branch = options.branch ?? "main";
    const parent =
      options.parent === undefined ? await head(branch).catch(() => null) : options.parent;
    const stream = fastImportStream(files, { ...options, branch, parent });
    await runGit(directory, ["fast-import", "--quiet", "--force"], stream);
    return head(branch);
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    directory,
    git,
    head,
    commit: (files, options = {}) => {
      // one after the other: of two with the same parent the second would undo the first
      const commit = last.then(() => write(files, options));
      last = commit.catch(() => undefined);
      return commit;
    },
    deleteBranch: async branch => {
      await git("update-ref", "-d", `refs/heads/${branch}`);
    },
  };
}

/** The environment of every git process here: nothing of the user's configuration, never a prompt. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
}

function runGit(cwd: string, args: readonly string[], input?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: gitEnvironment(), maxBuffer: 256 * 1024 * 1024 };
    const child = execFile("git", args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(explain(args, error, stderr), { cause: error }));
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function explain(args: readonly string[], error: ExecFileException, stderr: string): string {
  if (error.code !== "ENOENT") return `git ${args.join(" ")} failed: ${stderr.trim()}`;
  return "git is not installed; it serves the local repositories: install it and run this again";
}
