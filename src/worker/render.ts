/** Step 3 of the walk: files of a commit → declared objects; a file that did not change is not parsed again. */
import type { GitFile, GitTree, World } from "../ports";
import { parseFile, type ParsedFile } from "../core/render/parse-file";
import type { Declared, Problem } from "../model/manifest";

/** Parsed files of the last commit, by path and blob. */
export type ParsedFiles = ReadonlyMap<string, ParsedFile>;

export interface Rendered {
  readonly commit: string;
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
  readonly notices: readonly string[];
  readonly parsed: ParsedFiles;
}

/** Gives the event loop back after each file that it parses. */
export async function render(
  { clock }: Pick<World, "clock">,
  tree: GitTree,
  before: ParsedFiles,
  signal: AbortSignal,
): Promise<Rendered> {
  const parsed = new Map<string, ParsedFile>();
  for (const file of tree.files) {
    const known = before.get(idOf(file));
    parsed.set(idOf(file), known ?? parseFile(file));
    if (known !== undefined) continue;
    await clock.breathe();
    signal.throwIfAborted();
  }
  const files = [...parsed.values()];
  return {
    commit: tree.commit,
    declared: files.flatMap(({ declared }) => declared),
    problems: files.flatMap(({ problems }) => problems),
    notices: files.flatMap(({ notices }) => notices),
    parsed,
  };
}

function idOf({ path, oid }: GitFile): string {
  return `${oid} ${path}`;
}
