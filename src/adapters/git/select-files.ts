/** Which files of a commit are manifests: by their place and their name, never by their content. */
import { NopeaError } from "../../model/errors";
import { createLinkBudget, followLink, type LinkBudget } from "./follow-link";
import { IGNORE_FILE, withoutIgnored, type IgnoreFile } from "./ignore-rules";
import type { GitLimits } from "./limits";
import { mebibytes } from "./meter";
import { printPath } from "./printable";
import { entryOf, pathOf, type Folder, type TreeEntry, type TreeReader } from "./tree";
import type { Found } from "./walk-folder";

export interface Selected {
  readonly path: string;
  readonly oid: string;
}

const MANIFEST = /\.(yaml|yml|json)$/;
const IGNORE_BYTES = 64 * 1024;

/** What must be read before the manifests can be told: .nopeaignore files, and where links lead. */
export function neededBefore(
  reader: TreeReader,
  folder: Folder,
  found: readonly Found[],
): readonly string[] {
  const rules = placesOf(folder).flatMap(place => ignoreFileIn(reader, place) ?? []);
  const links = found.filter(({ entry }) => entry.mode === "link").map(({ entry }) => entry);
  return [...rules, ...links].map(({ oid }) => oid);
}

/** The manifests among what was found under the folder, sorted by path. */
export function selectFiles(
  reader: TreeReader,
  folder: Folder,
  found: readonly Found[],
): readonly Selected[] {
  const { root } = folder;
  const rules = placesOf(folder).flatMap(place => readIgnoreFile(reader, place));
  const budget = createLinkBudget();
  const candidates = found.filter(
    ({ entry, path }) => entry.mode === "link" || MANIFEST.test(path),
  );
  const files = withoutIgnored(candidates, rules).map(item => ({
    path: item.path,
    oid: item.entry.mode === "link" ? linkTarget(reader, root, item, budget) : item.entry.oid,
  }));
  return files.filter(({ path }) => MANIFEST.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Throws for what is more than nopea reads. */
export function checkSizes(
  files: readonly (Selected & { readonly bytes: number })[],
  limits: GitLimits,
): void {
  let total = 0;
  for (const { path, bytes } of files) {
    if (bytes > limits.fileBytes) {
      throw new NopeaError(
        "manifest-invalid",
        `${printPath(path)} has ${mebibytes(bytes)}, more than the ${mebibytes(limits.fileBytes)} that a manifest may have`,
      );
    }
    total += bytes;
  }
  if (total <= limits.selectedBytes) return;
  throw new NopeaError(
    "git-too-large",
    `the manifests have ${mebibytes(total)}, more than the ${mebibytes(limits.selectedBytes)} that one repository may have`,
  );
}

function placesOf(folder: Folder): readonly Folder[] {
  return folder.steps.length === 0 ? [folder] : [{ root: folder.root, steps: [] }, folder];
}

function linkTarget(
  reader: TreeReader,
  root: string,
  { path, steps, entry }: Found,
  budget: LinkBudget,
): string {
  const end = followLink(reader, { root, steps }, entry, budget);
  if (end.kind === "file") return end.oid;
  throw new NopeaError(
    "manifest-invalid",
    `the symbolic link ${printPath(path)} ${end.why}: only links to files of the repository are followed (a line in ${IGNORE_FILE} leaves it out)`,
  );
}

function readIgnoreFile(reader: TreeReader, place: Folder): IgnoreFile[] {
  const entry = ignoreFileIn(reader, place);
  if (entry === undefined) return [];
  if (reader.bytes(entry.oid) <= IGNORE_BYTES) {
    return [{ folder: pathOf(place.steps), text: reader.blob(entry.oid).toString() }];
  }
  throw new NopeaError(
    "manifest-invalid",
    `${printPath(pathOf([...place.steps, entry]))} is larger than ${IGNORE_BYTES / 1024} KiB`,
  );
}

function ignoreFileIn(reader: TreeReader, place: Folder): TreeEntry | undefined {
  const entry = entryOf(reader, place, IGNORE_FILE);
  return entry?.mode === "file" ? entry : undefined;
}
