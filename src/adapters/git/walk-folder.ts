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

/** The files and links under the folder; what lies in a submodule is not there. */
export function walkFolder(reader: TreeReader, folder: Folder, limits: GitLimits): Found[] {
  const found: Found[] = [];
  const waiting = [folder.steps];
  let seen = 0;
  for (let steps = waiting.pop(); steps !== undefined; steps = waiting.pop()) {
    const entries = entriesOf(reader, { root: folder.root, steps });
    seen += entries.length;
    // A folder that holds itself many times over is small in the pack and endless to walk.
    if (seen > limits.entries || steps.length > MAX_DEPTH) throw tooMany(limits);
    const shown = entries.filter(isShown);
    for (const entry of shown.filter(isFolder)) waiting.push([...steps, entry]);
    for (const entry of shown.filter(other => !isFolder(other))) {
      found.push({ path: pathOf([...steps, entry]), entry, steps });
    }
  }
  return found;
}

function isShown({ name, mode }: TreeEntry): boolean {
  return !name.startsWith(".") && mode !== "submodule";
}

function isFolder({ mode }: TreeEntry): boolean {
  return mode === "folder";
}

function tooMany({ entries }: GitLimits): NopeaError {
  return new NopeaError(
    "git-too-large",
    `the directory holds more than ${entries} files, or folders more than ${MAX_DEPTH} deep`,
  );
}
