/** Which files of a commit are manifests: by their place and their name, never by their content. */
import { NopeaError } from "../../model/errors";
import { followLink } from "./follow-link";
import { IGNORE_FILE, withoutIgnored, type IgnoreFile } from "./ignore-rules";
import type { GitLimits } from "./limits";
import { mebibytes } from "./meter";
import { printPath } from "./printable";
import { entriesOf, pathOf, type Folder, type TreeReader } from "./tree";
import { walkFolder, type Found } from "./walk-folder";

export interface Selected {
  readonly path: string;
  readonly oid: string;
}

const MANIFEST = /\.(yaml|yml|json)$/;
const IGNORE_BYTES = 64 * 1024;

/** The manifests under the folder, sorted by path. */
export function selectFiles(
  reader: TreeReader,
  folder: Folder,
  limits: GitLimits,
): readonly Selected[] {
  const { root } = folder;
  const places = folder.steps.length === 0 ? [folder] : [{ root, steps: [] }, folder];
  const rules = places.flatMap(place => readIgnoreFile(reader, place));
  const found = walkFolder(reader, folder, limits);
  const candidates = found.filter(
    ({ entry, path }) => entry.mode === "link" || MANIFEST.test(path),
  );
  const files = withoutIgnored(candidates, rules).map(item => ({
    path: item.path,
    oid: item.entry.mode === "link" ? linkTarget(reader, root, item) : item.entry.oid,
  }));
  const selected = files.filter(({ path }) => MANIFEST.test(path));
  checkSizes(reader, selected, limits);
  return selected.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function linkTarget(reader: TreeReader, root: string, { path, steps, entry }: Found): string {
  const end = followLink(reader, { root, steps }, entry);
  if (end.kind === "file") return end.oid;
  throw new NopeaError(
    "manifest-invalid",
    `the symbolic link ${printPath(path)} ${end.why}: only links to files of the repository are followed (a line in ${IGNORE_FILE} leaves it out)`,
  );
}

function readIgnoreFile(reader: TreeReader, place: Folder): IgnoreFile[] {
  const entry = entriesOf(reader, place).find(({ name }) => name === IGNORE_FILE);
  if (entry?.mode !== "file") return [];
  if (reader.bytes(entry.oid) <= IGNORE_BYTES) {
    return [{ folder: pathOf(place.steps), text: reader.blob(entry.oid).toString() }];
  }
  throw new NopeaError(
    "manifest-invalid",
    `${printPath(pathOf([...place.steps, entry]))} is larger than ${IGNORE_BYTES / 1024} KiB`,
  );
}

function checkSizes(reader: TreeReader, files: readonly Selected[], limits: GitLimits): void {
  let total = 0;
  for (const { path, oid } of files) {
    const bytes = reader.bytes(oid);
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
