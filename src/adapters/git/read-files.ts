/** The content of the selected files. */
import { NopeaError } from "../../model/errors";
import type { GitFile, KnownFiles } from "../../ports";
import type { Pacer } from "./pacer";
import { printPath } from "./printable";
import type { Selected } from "./select-files";
import type { TreeReader } from "./tree";

const LFS = Buffer.from("version https://git-lfs.github.com/spec/");

/** Reads one after another those that are not known yet; what stands for a file that is elsewhere is refused. */
export async function readFiles(
  reader: TreeReader,
  selected: readonly Selected[],
  known: KnownFiles,
  pacer?: Pacer,
): Promise<GitFile[]> {
  const files: GitFile[] = [];
  for (const { path, oid } of selected) {
    if (known(path, oid) !== undefined) {
      files.push({ path, oid });
      continue;
    }
    const content = reader.blob(oid);
    if (content.subarray(0, LFS.length).equals(LFS)) throw isPointer(path);
    files.push({ path, oid, content });
    if (pacer?.due()) await pacer.rest();
  }
  return files;
}

function isPointer(path: string): NopeaError {
  return new NopeaError(
    "manifest-invalid",
    `${printPath(path)} is a Git LFS pointer, not a manifest: keep manifests out of Git LFS`,
  );
}
