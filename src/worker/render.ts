/** Step 3 of the walk: files of a commit → declared objects; a file that did not change is not parsed again. */
import type { GitFile, GitTree, KnownFiles, World } from "../ports";
import { MAX_REPOSITORY_OBJECTS } from "../core/render/limits";
import { parseFile, type ParsedFile } from "../core/render/parse-file";
import type { Declared, Problem } from "../model/manifest";

/** Parsed files of the last commit, by path and blob. */
export type ParsedFiles = ReadonlyMap<string, Parsed>;

interface Parsed extends ParsedFile {
  /** Of the file's content. */
  readonly bytes: number;
}

export interface Rendered {
  readonly commit: string;
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
  readonly notices: readonly string[];
  readonly parsed: ParsedFiles;
}

/** Gives the event loop back after each file that it parses; files beyond what a repository may declare are not parsed. */
export async function render(
  { clock }: Pick<World, "clock">,
  tree: GitTree,
  before: ParsedFiles,
  signal: AbortSignal,
): Promise<Rendered> {
  const parsed = new Map<string, Parsed>();
  let objects = 0;
  for (const file of tree.files) {
    const known = before.get(idOf(file));
    const content = known ?? parse(file);
    objects += content.declared.length;
    if (objects > MAX_REPOSITORY_OBJECTS) return tooMany(tree, file);
    parsed.set(idOf(file), content);
    if (known !== undefined) continue;
    await clock.breathe();
    signal.throwIfAborted();
  }
  const files = [...parsed.values()];
  return {
    commit: tree.commit,
    declared: files.flatMap(({ declared }) => declared),
    problems: files.flatMap(({ problems }) => problems),
    notices: [...tree.submodules.map(notFetched), ...files.flatMap(({ notices }) => notices)],
    parsed,
  };
}

/** Nothing of it is kept. */
function tooMany({ commit }: GitTree, { path }: GitFile): Rendered {
  const message = `with this file the repository declares more than ${MAX_REPOSITORY_OBJECTS} objects: split it`;
  const problems = [{ file: path, message }];
  return { commit, declared: [], problems, notices: [], parsed: new Map() };
}

/** Files that need not be fetched, since nothing new would come of them. */
export function knownFiles(before: ParsedFiles): KnownFiles {
  return (path, oid) => before.get(idOf({ path, oid }))?.bytes;
}

function notFetched(path: string): string {
  return `${path} is a submodule, which is not fetched: sync that repository on its own`;
}

function parse({ path, content }: GitFile): Parsed {
  if (content === undefined) throw new Error(`${path} was not asked for and is not known`);
  return { ...parseFile({ path, content }), bytes: content.length };
}

function idOf({ path, oid }: GitFile): string {
  return `${oid} ${path}`;
}
