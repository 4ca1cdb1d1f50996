/** The .nopeaignore files: which paths their patterns leave out. */
import ignore from "ignore";
import { Script } from "node:vm";
import { NopeaError } from "../../model/errors";
import { excerpt } from "./printable";

export const IGNORE_FILE = ".nopeaignore";

/** One .nopeaignore: its text, and the folder it lies in ("" is the root). */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

const MATCH_MS = 1000;

/** Those of the paths that no file leaves out. Files come outermost first: a deeper one has the last word. */
export function withoutIgnored<T extends { readonly path: string }>(
  items: readonly T[],
  files: readonly IgnoreFile[],
): readonly T[] {
  if (files.length === 0) return items;
  const rules = files.map(compile).reverse();
  return withinTime(() => items.filter(({ path }) => !isIgnored(rules, path)));
}

type Rule = (path: string) => boolean | undefined;

function compile({ folder, text }: IgnoreFile): Rule {
  const patterns = ignore({ ignorecase: false, allowRelativePaths: true }).add(text);
  const skipped = folder === "" ? 0 : folder.length + 1;
  return path => {
    const { ignored, unignored } = patterns.test(path.slice(skipped));
    return ignored || unignored ? ignored : undefined;
  };
}

function isIgnored(rules: readonly Rule[], path: string): boolean {
  for (const rule of rules) {
    const verdict = rule(path);
    if (verdict !== undefined) return verdict;
  }
  return false;
}

// A pattern such as *a*a*a*a*b takes the regular expression behind it years: only a virtual machine has a stop for that.
function withinTime<T>(work: () => T): T {
  try {
    return new Script("work()").runInNewContext({ work }, { timeout: MATCH_MS }) as T;
  } catch (error) {
    throw new NopeaError("manifest-invalid", explain(error), { cause: error });
  }
}

// The stop comes from the virtual machine, whose errors are no instances of ours.
function explain(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
    ? `the patterns in ${IGNORE_FILE} take too long to match: use fewer asterisks`
    : `a pattern in ${IGNORE_FILE} can't be understood: ${excerpt(String(message))}`;
}
