/** Reads the folders and files of a commit from its pack. */
import { damaged } from "./inflate";
import type { Pack } from "./pack";
import { parseTree, type TreeEntry, type TreeReader } from "./tree";

/** Makes the reader of one pack; a folder is parsed once. */
export function createTreeReader(pack: Pack): TreeReader {
  const trees = new Map<string, readonly TreeEntry[]>();
  return {
    tree: oid => {
      const entries = trees.get(oid) ?? parseTree(readTree(pack, oid));
      trees.set(oid, entries);
      return entries;
    },
    blob: oid => pack.read(oid, "blob"),
    bytes: oid => {
      const bytes = pack.bytes(oid);
      if (bytes === undefined) throw damaged(`object ${oid} is missing or too large`);
      return bytes;
    },
  };
}

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

// The empty tree need not be sent: everybody knows it.
function readTree(pack: Pack, oid: string): Buffer {
  return oid === EMPTY_TREE ? Buffer.alloc(0) : pack.read(oid, "tree");
}
