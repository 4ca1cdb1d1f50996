/** Reads objects from what was fetched just now, and from what is known from before. */
import { damaged } from "./inflate";
import type { Shelf } from "./object-store";
import type { Pack, PackedObject } from "./pack";
import type { ObjectKind } from "./pack-header";
import { parseTree, type TreeEntry, type TreeReader } from "./tree";

/** Throws Missing for what is neither known nor in one of the packs. */
export interface ObjectReader extends TreeReader {
  commit(oid: string): Buffer;
  isKnown(oid: string): boolean;
  /** What was known before this fetch: from now on it stays until its end. */
  hold(oid: string): PackedObject | undefined;
  add(pack: Pack): void;
}

export class Missing extends Error {
  readonly oid: string;
  readonly kind: ObjectKind;
  constructor(oid: string, kind: ObjectKind) {
    super(`${kind} ${oid} is missing`);
    this.oid = oid;
    this.kind = kind;
  }
}

/** It need not be sent: everybody knows it. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Makes the reader of one fetch. What it reads it puts on the shelf; of folders, so many entries at most. */
export function createObjectReader(shelf: Shelf, entries: number): ObjectReader {
  const packs: Pack[] = [];
  /** What this fetch counts on must not go from the shelf before it is read. */
  const held = new Map<string, PackedObject>();

  const packOf = (oid: string) => packs.find(pack => pack.bytes(oid) !== undefined);

  function hold(oid: string): PackedObject | undefined {
    const object = held.get(oid) ?? shelf.get(oid);
    if (object !== undefined) held.set(oid, object);
    return object;
  }

  function read(oid: string, kind: ObjectKind): Buffer {
    const object = hold(oid) ?? unpack(oid, kind);
    if (object.kind !== kind) throw damaged(`object ${oid} is no ${kind}`);
    return object.data;
  }

  function unpack(oid: string, kind: ObjectKind): PackedObject {
    const pack = packOf(oid);
    if (pack === undefined) throw new Missing(oid, kind);
    const object = { kind, data: pack.read(oid, kind) };
    shelf.put(oid, object);
    return object;
  }

  return {
    ...createFolders(oid => read(oid, "tree"), entries),
    commit: oid => read(oid, "commit"),
    blob: oid => read(oid, "blob"),
    bytes: oid => {
      const bytes = hold(oid)?.data.length ?? packOf(oid)?.bytes(oid);
      if (bytes === undefined) throw new Missing(oid, "blob");
      return bytes;
    },
    hold,
    isKnown: oid => hold(oid) !== undefined || packOf(oid) !== undefined,
    add: pack => void packs.push(pack),
  };
}

/** Folders are parsed once, and indexed once names are looked up in them. */
function createFolders(read: (oid: string) => Buffer, most: number) {
  const folders = new Map<string, readonly TreeEntry[]>([[EMPTY_TREE, []]]);
  const indices = new Map<string, ReadonlyMap<string, TreeEntry>>();
  let left = most;

  function tree(oid: string): readonly TreeEntry[] {
    const known = folders.get(oid);
    if (known !== undefined) return known;
    const entries = parseTree(read(oid), left);
    left -= entries.length;
    folders.set(oid, entries);
    return entries;
  }

  function entry(oid: string, name: string): TreeEntry | undefined {
    const index = indices.get(oid) ?? new Map(tree(oid).map(one => [one.name, one]));
    indices.set(oid, index);
    return index.get(name);
  }

  return { tree, entry };
}
