/** Reads a folder of a disk as if it were committed: the same files are selected, and links stay inside. */
import { execFile } from "node:child_process";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { NopeaError } from "../../model/errors";
import type { GitTree } from "../../ports";
import { findFolder } from "./find-folder";
import { GIT_LIMITS } from "./limits";
import { readFiles } from "./read-files";
import { checkSizes, selectFiles } from "./select-files";
import type { TreeEntry, TreeReader } from "./tree";
import { walkFolder } from "./walk-folder";

export interface WorkingTree extends Omit<GitTree, "commit"> {
  /** Why nobody knows what .gitignore names; undefined: it is known. */
  readonly problem?: string;
}

/** Paths of the files are those of the repository that the folder belongs to; without one, the folder is the root. */
export async function readWorkingTree(directory: string): Promise<WorkingTree> {
  const folder = existingFolder(directory);
  const root = rootOf(folder);
  const { ignored, problem } = await ignoredByGit(root);
  const reader = createDiskReader(ignored);
  const path = relative(root, folder).split(sep).join("/");
  const at = findFolder(reader, root, { url: "", branch: "of the working tree", path }, "none");
  const { found, submodules } = walkFolder(reader, at, GIT_LIMITS);
  const selected = selectFiles(reader, at, found);
  checkSizes(
    selected.map(file => ({ ...file, bytes: reader.bytes(file.oid) })),
    GIT_LIMITS,
  );
  const files = await readFiles(reader, selected, () => undefined);
  return { submodules, files, ...(problem === undefined ? {} : { problem }) };
}

function existingFolder(directory: string): string {
  try {
    const folder = realpathSync(directory);
    if (lstatSync(folder).isDirectory()) return folder;
  } catch (cause) {
    throw new NopeaError("git-path-not-found", `${directory} does not exist`, { cause });
  }
  throw new NopeaError("git-path-not-found", `${directory} is a file: name the directory`);
}

/** The nearest folder above that holds `.git`. */
function rootOf(folder: string): string {
  for (let at = folder; ; at = join(at, "..")) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === join(at, "..")) return folder;
  }
}

/** What .gitignore keeps out of every commit; nothing where this is no repository, or git is not there. */
async function ignoredByGit(root: string) {
  if (!existsSync(join(root, ".git"))) return { ignored: new Set<string>() };
  const args = ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"];
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await promisify(execFile)("git", args, options);
    const names = stdout.split("\0").filter(name => name !== "");
    return { ignored: new Set(names.map(name => join(root, name.replace(/\/$/, "")))) };
  } catch (error) {
    return { ignored: new Set<string>(), problem: `git ls-files failed: ${reasonOf(error)}` };
  }
}

/** What git says of it, in one line. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const text = said.trim() === "" ? String(error) : said;
  return text.trim().split("\n")[0] ?? text;
}

/** An object's name is its path on the disk. */
function createDiskReader(ignored: ReadonlySet<string>): TreeReader {
  const tree = (oid: string): readonly TreeEntry[] =>
    readdirSync(oid, { withFileTypes: true }).flatMap((item): TreeEntry[] => {
      // no commit holds it, and no link of one leads there
      if (item.name === ".git") return [];
      const path = join(oid, item.name);
      const mode = ignored.has(path) ? undefined : modeOf(item, path);
      return mode === undefined ? [] : [{ mode, name: item.name, oid: path }];
    });
  return {
    tree,
    entry: (oid, name) => tree(oid).find(entry => entry.name === name),
    blob: oid => (isLink(oid) ? Buffer.from(readlinkSync(oid)) : readFileSync(oid)),
    bytes: oid => lstatSync(oid).size,
  };
}

type Item = ReturnType<typeof lstatSync> & object;

function modeOf(
  item: Pick<Item, "isDirectory" | "isFile" | "isSymbolicLink">,
  path: string,
): TreeEntry["mode"] | undefined {
  if (item.isSymbolicLink()) return "link";
  if (item.isFile()) return "file";
  if (!item.isDirectory()) return undefined;
  return existsSync(join(path, ".git")) ? "submodule" : "folder";
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}
