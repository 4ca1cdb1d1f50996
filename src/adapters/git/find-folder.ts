/** Walks from the root of a commit towards `path`, and no other way. */
import { NopeaError } from "../../model/errors";
import type { GitLocation } from "../../model/git-repository";
import { excerpt, printPath } from "./printable";
import { entryOf, type Folder, type Step, type TreeEntry, type TreeReader } from "./tree";

const NOT_A_FOLDER = {
  file: "is a file: spec.path names a directory",
  link: "is a symbolic link: name the directory it leads to",
  submodule: "is a submodule, which is not fetched: sync that repository on its own",
} as const satisfies Record<Exclude<TreeEntry["mode"], "folder">, string>;

/** The folder at `path`; throws git-path-not-found where there is none. */
export function findFolder(
  reader: TreeReader,
  root: string,
  location: GitLocation,
  commit: string,
): Folder {
  const steps: Step[] = [];
  for (const segment of location.path === "" ? [] : location.path.split("/")) {
    const entry = entryOf(reader, { root, steps }, segment);
    if (entry?.mode !== "folder") {
      const walked = [...steps.map(({ name }) => name), segment].join("/");
      throw notFound(explain(entry, walked, location.path), location, commit);
    }
    steps.push(entry);
  }
  return { root, steps };
}

function explain(entry: TreeEntry | undefined, walked: string, path: string): string {
  if (entry !== undefined && entry.mode !== "folder") {
    return `${printPath(walked)} ${NOT_A_FOLDER[entry.mode]}`;
  }
  const where = walked === path ? "" : ` (there is no ${printPath(walked)})`;
  return `path ${printPath(path)} does not exist${where}`;
}

function notFound(problem: string, { branch }: GitLocation, commit: string): NopeaError {
  return new NopeaError(
    "git-path-not-found",
    `${problem} (branch ${excerpt(branch)}, commit ${commit.slice(0, 12)})`,
  );
}
