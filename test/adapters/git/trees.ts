/** Folders as values, for tests of what reads them. */
import type { TreeEntry, TreeReader } from "../../../src/adapters/git/tree";

/** A name to an entry: "folder:x" is the folder named x in the same table, "link:x" a link to x, else a blob. */
export type Folders = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Reads the folders; the table's key is the folder's object name. */
export function readerOf(folders: Folders): TreeReader {
  const blobs = (oid: string) => Buffer.from(oid);
  const tree = (oid: string) =>
    Object.entries(folders[oid] ?? {}).map(([name, text]) => entryOf(name, text));
  return {
    tree,
    entry: (oid, name) => tree(oid).find(entry => entry.name === name),
    blob: blobs,
    bytes: oid => blobs(oid).length,
  };
}

function entryOf(name: string, text: string): TreeEntry {
  if (text.startsWith("folder:")) return { mode: "folder", name, oid: text.slice(7) };
  if (text.startsWith("link:")) return { mode: "link", name, oid: text.slice(5) };
  if (text === "submodule") return { mode: "submodule", name, oid: text };
  return { mode: "file", name, oid: text };
}
