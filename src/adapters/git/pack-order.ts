/** What is asked of a Git server, and the pack in its answer: protocol v2, and v0 for servers that know no other. */
import { NopeaError } from "../../model/errors";
import { refusedByGit } from "./failures";
import { createGrowingBuffer, type GrowingBuffer } from "./growing-buffer";
import { tooLarge } from "./meter";
import { DELIMITER, FLUSH, garbled, pktLines, readPktLines } from "./pkt-line";

export interface PackOrder {
  /** A commit as it is, with nothing of its history; or single objects, folders with all that is in them. */
  readonly what: "commit" | "objects";
  /** Names of the objects. */
  readonly wants: readonly string[];
  /** Commits that need not be sent again. */
  readonly haves: readonly string[];
  /** Which files come with commits and folders. */
  readonly files: FileFilter;
}

/** `small`: those of fewer than SMALL_BYTES. */
export type FileFilter = "all" | "small" | "none";

/** Few manifests are larger, and most of what is larger is none. */
const SMALL_BYTES = 32 * 1024;

/** Of git-rev-list(1). */
const FILTERS: Readonly<Record<FileFilter, readonly string[]>> = {
  all: [],
  small: [`filter blob:limit=${SMALL_BYTES}`],
  none: ["filter blob:none"],
};

/** The body of `git-upload-pack` in protocol v2. */
export function writeFetch({ what, wants, haves, files }: PackOrder): Buffer {
  const lines = [
    "no-progress",
    "ofs-delta",
    // without it, servers send a shallow commit's objects again although we have them
    ...(haves.length > 0 ? ["thin-pack"] : []),
    ...haves.map(oid => `shallow ${oid}`),
    ...(what === "commit" ? ["deepen 1"] : []),
    ...FILTERS[files],
    ...wants.map(oid => `want ${oid}`),
    ...haves.map(oid => `have ${oid}`),
    "done",
  ];
  return writeCommand("fetch", lines);
}

/** The body that asks for the refs whose names begin so, in protocol v2. */
export function writeListRefs(prefix: string): Buffer {
  return writeCommand("ls-refs", [`ref-prefix ${prefix}`]);
}

function writeCommand(command: string, lines: readonly string[]): Buffer {
  return Buffer.from(`${pktLines([`command=${command}`])}${DELIMITER}${pktLines(lines)}${FLUSH}`);
}

/** The body of `git-upload-pack` in protocol v0, which knows no filter here. */
export function writeUploadPack(
  { what, wants }: PackOrder,
  capabilities: readonly string[],
): Buffer {
  if (!capabilities.includes("side-band-64k")) {
    throw new NopeaError("git-protocol", "the Git server is too old: it lacks side-band-64k");
  }
  const agreed = WISHED.filter(capability => capabilities.includes(capability)).join(" ");
  const [first = "", ...rest] = wants;
  const shallow = what === "commit" && capabilities.includes("shallow");
  const lines = [
    `want ${first} ${agreed}`,
    ...rest.map(oid => `want ${oid}`),
    ...(shallow ? ["deepen 1"] : []),
  ];
  return Buffer.from(`${pktLines(lines)}${FLUSH}${pktLines(["done"])}`);
}

/** Capabilities of protocol v0 that nopea uses. */
export const WISHED = ["side-band-64k", "ofs-delta", "no-progress"];

export interface PackReading {
  /** More is git-too-large. */
  readonly maxBytes: number;
  /** Called once the pack is large: resolves when there is room for it in memory. */
  readonly makeRoom: () => Promise<void>;
}

const LARGE_BYTES = 4 * 2 ** 20;
/** Each takes hundreds of bytes however small it is. */
const LARGE_COUNT = 20_000;
/** Others wait for the room that a large pack takes: whoever sends it more slowly than this is not waited for. */
const SLOWEST_BYTES_PER_SECOND = 256 * 1024;
const PATIENCE_MS = 5_000;

/** The pack of an answer. Throws git-too-large for one of more than `maxBytes`. */
export async function readPack(body: AsyncIterable<Buffer>, reading: PackReading): Promise<Buffer> {
  const pack = createGrowingBuffer(reading.maxBytes);
  let since: { readonly at: number; readonly length: number } | undefined;
  for await (const line of readPktLines(body)) {
    const piece = readLine(line);
    if (since !== undefined) checkSpeed(pack.length() - since.length, performance.now() - since.at);
    if (piece === undefined) continue;
    if (pack.length() + piece.length > reading.maxBytes) throw tooLarge(reading.maxBytes);
    if (since === undefined && isLarge(pack, piece)) {
      await reading.makeRoom();
      since = { at: performance.now(), length: pack.length() };
    }
    pack.append(piece);
  }
  return pack.bytes();
}

function isLarge(pack: GrowingBuffer, piece: Buffer): boolean {
  return pack.length() + piece.length > LARGE_BYTES || announced(pack) > LARGE_COUNT;
}

/** How many objects the pack's header says there are; 0 before it has come. */
function announced(pack: GrowingBuffer): number {
  return pack.length() < 12 ? 0 : pack.bytes().readUInt32BE(8);
}

function checkSpeed(bytes: number, milliseconds: number): void {
  if (milliseconds < PATIENCE_MS) return;
  if (bytes / (milliseconds / 1000) >= SLOWEST_BYTES_PER_SECOND) return;
  throw new NopeaError(
    "git-timeout",
    `the Git server sends a large pack too slowly: ${Math.round(bytes / 1024)} KiB in ${Math.round(milliseconds / 1000)} s`,
  );
}

// The first byte of a line is its band: 1 the pack, 2 progress, 3 the server gives up. Before the pack come words.
function readLine(line: Buffer): Buffer | undefined {
  const band = line[0];
  if (band === 1) return line.subarray(1);
  if (band === 2) return undefined;
  if (band === 3) throw refusedByGit(line.toString("utf8", 1));
  if (WORDS.test(line.toString("latin1", 0, 20))) return undefined;
  throw garbled("words in it mean nothing");
}

const WORDS = /^(shallow|unshallow|shallow-info|packfile|NAK|ACK)\b/;
