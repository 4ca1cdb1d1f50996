/** What files declare, or the list of everything that their author must mend. */
import { parseFile } from "../../core/render/parse-file";
import type { Declared, Problem } from "../../model/manifest";
import type { GitTree } from "../../ports";
import { CommandError } from "../context";

export interface DeclaredFiles {
  readonly declared: readonly Declared[];
  /** Sentences about what was left out. */
  readonly notices: readonly string[];
}

/** Reads the files as a sync does; a CommandError names every problem with its file and line. */
export function readDeclared({ files, submodules }: Omit<GitTree, "commit">): DeclaredFiles {
  const parsed = files.map(({ path, content }) =>
    parseFile({ path, content: content ?? new Uint8Array() }),
  );
  refuse(parsed.flatMap(({ problems }) => problems));
  const left = submodules.map(path => `${path} is a submodule, which is not fetched`);
  return {
    declared: parsed.flatMap(({ declared }) => declared),
    notices: [...left, ...parsed.flatMap(({ notices }) => notices)],
  };
}

/** Throws unless there are none. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, message }) => {
    return `${file}${line === undefined ? "" : `:${line}`}: ${message}`;
  });
  const what = problems.length === 1 ? "One problem" : `${problems.length} problems`;
  throw new CommandError(
    `${what} in the files; nopea applies nothing of such a commit:\n${lines.join("\n")}`,
  );
}
