/** Git's own objects as values: what a commit and a folder say. */
import { NopeaError } from "../../model/errors";
import { damaged } from "./inflate";

export interface TreeEntry {
  readonly mode: "folder" | "file" | "link" | "submodule";
  readonly name: string;
  readonly oid: string;
}

/** One folder on the way from the root. */
export interface Step {
  readonly name: string;
  readonly oid: string;
}

/** A folder of a commit: the root's object name, and the folders from there to it. */
export interface Folder {
  readonly root: string;
  readonly steps: readonly Step[];
}

/** Reads objects of one commit by their names. */
export interface TreeReader {
  tree(oid: string): readonly TreeEntry[];
  /** The entry of that name in a folder. */
  entry(oid: string, name: string): TreeEntry | undefined;
  blob(oid: string): Buffer;
  /** Bytes of a blob, without reading it. */
  bytes(oid: string): number;
}

const NAME_BYTES = 20;

const MODES: Readonly<Record<string, TreeEntry["mode"]>> = {
  "40000": "folder",
  "120000": "link",
  "160000": "submodule",
};

/** The name of a commit's root folder. */
export function parseCommit(data: Buffer): string {
  const oid = /^tree ([0-9a-f]{40})\n/.exec(data.toString("latin1", 0, 46))?.[1];
  if (oid === undefined) throw damaged("the commit has no tree");
  return oid;
}

/**
 * A folder's entries: mode, space, name, NUL, twenty bytes of the object's name, again and again. Throws git-too-large
 * for more than `most` of them.
 */
export function parseTree(data: Buffer, most: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length; ) {
    if (entries.length >= most) throw tooManyEntries();
    const space = data.indexOf(" ", at);
    const nul = data.indexOf(0, at);
    const end = nul + 1 + NAME_BYTES;
    if (space < 0 || nul < space || end > data.length) throw damaged("a folder of it is cut off");
    // old trees write 040000
    const mode = MODES[data.toString("latin1", at, space).replace(/^0+/, "")] ?? "file";
    const name = checkName(data.toString("utf8", space + 1, nul));
    entries.push({ mode, name, oid: data.toString("hex", nul + 1, end) });
    at = end;
  }
  return entries;
}

function checkName(name: string): string {
  if (!["", ".", ".."].includes(name) && !name.includes("/")) return name;
  throw damaged("a folder of it has an entry that no file can be named after");
}

function tooManyEntries(): NopeaError {
  return new NopeaError(
    "git-too-large",
    "the folders that must be read hold more entries than nopea reads",
  );
}

/** The entry of that name in a folder. */
export function entryOf(
  reader: TreeReader,
  { root, steps }: Folder,
  name: string,
): TreeEntry | undefined {
  return reader.entry(steps.at(-1)?.oid ?? root, name);
}

/** The entries of a folder. */
export function entriesOf(reader: TreeReader, { root, steps }: Folder): readonly TreeEntry[] {
  return reader.tree(steps.at(-1)?.oid ?? root);
}

/** `a/b/c`; "" for the root. */
export function pathOf(steps: readonly Pick<Step, "name">[]): string {
  return steps.map(({ name }) => name).join("/");
}
