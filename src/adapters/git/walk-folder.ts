/** Lists what lies under a folder, hidden files and folders left out. */
import { NopeaError } from "../../model/errors";
import type { GitLimits } from "./limits";
import { entriesOf, pathOf, type Folder, type Step, type TreeEntry, type TreeReader } from "./tree";

export interface Found {
  readonly path: string;
  readonly entry: TreeEntry;
  /** From the root to the folder that holds it. */
  readonly steps: readonly Step[];
}

const MAX_DEPTH = 64;

export interface Walked {
  readonly found: readonly Found[];
  /** Paths of submodules: what lies in them is not there. */
  readonly submodules: readonly string[];
}

/** The files and links under the folder. */
export function walkFolder(reader: TreeReader, folder: Folder, limits: GitLimits): Walked {
  const found: Found[] = [];
  const submodules: string[] = [];
  const waiting = [folder.steps];
  let seen = 0;
  for (let steps = waiting.pop(); steps !== undefined; steps = waiting.pop()) {
    const entries = entriesOf(reader, { root: folder.root, steps });
    seen += entries.length;
    // A folder that holds itself many times over is small in the pack and endless to walk.
    if (seen > limits.entries || steps.length > MAX_DEPTH) throw tooMany(limits);
    const shown = entries.filter(isShown);
    const of = (...modes: TreeEntry["mode"][]) => shown.filter(({ mode }) => modes.includes(mode));
    for (const entry of of("folder")) waiting.push([...steps, entry]);
    for (const entry of of("submodule")) submodules.push(pathOf([...steps, entry]));
    for (const entry of of("file", "link")) {
      found.push({ path: pathOf([...steps, entry]), entry, steps });
    }
  }
  return { found, submodules };
}

function isShown({ name }: TreeEntry): boolean {
  return !name.startsWith(".");
}

function tooMany({ entries }: GitLimits): NopeaError {
  return new NopeaError(
    "git-too-large",
    `the directory holds more than ${entries} files, or folders more than ${MAX_DEPTH} deep`,
  );
}
