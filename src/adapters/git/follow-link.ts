/** Where a symbolic link of a commit leads: nopea never follows one on a disk. */
import { entryOf, type Folder, type Step, type TreeEntry, type TreeReader } from "./tree";

export type LinkEnd =
  | { readonly kind: "file"; readonly oid: string }
  | { readonly kind: "nowhere"; readonly why: string };

/** What all links of one fetch together may take: their targets are as long as their author likes. */
export interface LinkBudget {
  steps: number;
}

interface Walk {
  readonly reader: TreeReader;
  readonly budget: LinkBudget;
  readonly root: string;
  /** Folders from the root to where the walk is. */
  readonly at: Step[];
  /** Names to go, the next one last. */
  readonly ahead: string[];
  links: number;
}

const MAX_LINKS = 8;
const MAX_TARGET_BYTES = 4096;
const MAX_STEPS = 200_000;

/** For the links of one fetch. */
export function createLinkBudget(): LinkBudget {
  return { steps: MAX_STEPS };
}

/** Follows the link that lies in the folder to a regular file of the same commit. */
export function followLink(
  reader: TreeReader,
  folder: Folder,
  link: TreeEntry,
  budget: LinkBudget,
): LinkEnd {
  const { root, steps } = folder;
  const walk: Walk = { reader, budget, root, at: [...steps], ahead: [], links: 0 };
  let end = enter(walk, link);
  while (end === undefined) end = step(walk);
  return end;
}

function step(walk: Walk): LinkEnd | undefined {
  walk.budget.steps -= 1;
  if (walk.budget.steps < 0) return nowhere("and the other links are longer than nopea follows");
  const name = walk.ahead.pop();
  if (name === undefined) return nowhere("leads to a directory");
  if (name === "" || name === ".") return undefined;
  if (name === "..") {
    return walk.at.pop() === undefined ? nowhere("leads out of the repository") : undefined;
  }
  const entry = entryOf(walk.reader, { root: walk.root, steps: walk.at }, name);
  return entry === undefined ? nowhere("leads to nothing") : enter(walk, entry);
}

function enter(walk: Walk, entry: TreeEntry): LinkEnd | undefined {
  switch (entry.mode) {
    case "file":
      return walk.ahead.length === 0
        ? { kind: "file", oid: entry.oid }
        : nowhere("leads through a file");
    case "submodule":
      return nowhere("leads into a submodule");
    case "folder":
      walk.at.push({ name: entry.name, oid: entry.oid });
      return undefined;
    case "link":
      return turn(walk, entry);
  }
}

function turn(walk: Walk, link: TreeEntry): LinkEnd | undefined {
  walk.links += 1;
  if (walk.links > MAX_LINKS) return nowhere("leads round in circles or over too many links");
  if (walk.reader.bytes(link.oid) > MAX_TARGET_BYTES) return nowhere("is too long for a link");
  const target = walk.reader.blob(link.oid).toString();
  if (target.startsWith("/")) return nowhere("leads out of the repository");
  walk.ahead.push(...target.split("/").reverse());
  return undefined;
}

function nowhere(why: string): LinkEnd {
  return { kind: "nowhere", why };
}
