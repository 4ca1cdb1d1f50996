/** What is asked of a Git server, and the pack in its answer: protocol v2, and v0 for servers that know no other. */
import { NopeaError } from "../../model/errors";
import { refusedByGit } from "./failures";
import { createGrowingBuffer } from "./growing-buffer";
import { DELIMITER, FLUSH, garbled, pktLine, readPktLines } from "./pkt-line";

export interface PackOrder {
  /** A commit as it is, with nothing of its history; or single objects, folders with all that is in them. */
  readonly what: "commit" | "objects";
  /** Names of the objects. */
  readonly wants: readonly string[];
  /** Commits that need not be sent again. */
  readonly haves: readonly string[];
  /** Commits and folders without the files in them. */
  readonly withoutBlobs: boolean;
}

/** The body of `git-upload-pack` in protocol v2. */
export function writeFetch({ what, wants, haves, withoutBlobs }: PackOrder): Buffer {
  const lines = [
    "no-progress",
    "ofs-delta",
    // without it, servers send a shallow commit's objects again although we have them
    ...(haves.length > 0 ? ["thin-pack"] : []),
    ...haves.map(oid => `shallow ${oid}`),
    ...(what === "commit" ? ["deepen 1"] : []),
    ...(withoutBlobs ? ["filter blob:none"] : []),
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
  const head = pktLine(`command=${command}\n`);
  return Buffer.from(
    `${head}${DELIMITER}${lines.map(text => pktLine(`${text}\n`)).join("")}${FLUSH}`,
  );
}

/** The body of `git-upload-pack` in protocol v0: one commit with everything in it. */
export function writeUploadPack(commit: string, capabilities: readonly string[]): Buffer {
  if (!capabilities.includes("side-band-64k")) {
    throw new NopeaError("git-protocol", "the Git server is too old: it lacks side-band-64k");
  }
  const wished = ["side-band-64k", "ofs-delta", "no-progress"];
  const agreed = wished.filter(capability => capabilities.includes(capability));
  const shallow = capabilities.includes("shallow") ? pktLine("deepen 1\n") : "";
  const want = pktLine(`want ${commit} ${agreed.join(" ")}\n`);
  return Buffer.from(`${want}${shallow}${FLUSH}${pktLine("done\n")}`);
}

export interface PackReading {
  readonly maxBytes: number;
  /** Called once the pack is large: resolves when there is room for it in memory. */
  readonly makeRoom: () => Promise<void>;
}

const LARGE_BYTES = 4 * 2 ** 20;

/** The pack of an answer. */
export async function readPack(body: AsyncIterable<Buffer>, reading: PackReading): Promise<Buffer> {
  const pack = createGrowingBuffer(reading.maxBytes);
  let large = false;
  for await (const line of readPktLines(body)) {
    const piece = readLine(line);
    if (piece === undefined) continue;
    if (!large && pack.length() + piece.length > LARGE_BYTES) {
      large = true;
      await reading.makeRoom();
    }
    pack.append(piece);
  }
  return pack.bytes();
}

// The first byte of a line is its band: 1 the pack, 2 progress, 3 the server gives up. Before the pack come words.
function readLine(line: Buffer): Buffer | undefined {
  const band = line[0];
  if (band === 1) return line.subarray(1);
  if (band === 2) return undefined;
  const text = line.toString("utf8", band === 3 ? 1 : 0);
  if (band === 3 || text.startsWith("ERR ")) throw refusedByGit(text.replace(/^ERR /, ""));
  if (WORDS.test(text)) return undefined;
  throw garbled("words in it mean nothing");
}

const WORDS = /^(shallow|unshallow|shallow-info|packfile|NAK|ACK)\b/;
