/** Finds the objects in a pack: one pass that unpacks each once, keeps none, and trusts no length it is told. */
import { createHash, type Hash } from "node:crypto";
import { createInflate, type Inflate } from "node:zlib";
import { NopeaError } from "../../model/errors";
import { readVarint } from "./delta";
import { damaged, inflateAt } from "./inflate";
import type { GitLimits } from "./limits";
import { mebibytes } from "./meter";
import type { Pacer } from "./pacer";
import { readHeader, type PackHeader } from "./pack-header";

export interface PackEntry extends PackHeader {
  /** Bytes of the object itself, also where the pack holds a delta. */
  readonly objectBytes: number;
  /** Known at once for whole objects, later for deltas. */
  oid?: string;
}

const HEADER_BYTES = 12;
const TRAILER_BYTES = 20;
const STREAMED_BYTES = 2 ** 20;
const HASHED_BYTES = 4 * 2 ** 20;

/** Every object of the pack in the order of the pack. */
export async function scanPack(
  pack: Buffer,
  limits: GitLimits,
  pacer: Pacer,
): Promise<PackEntry[]> {
  const count = await checkFrame(pack, pacer);
  if (count > limits.objects) throw tooMany(limits);
  const objects = pack.subarray(0, -TRAILER_BYTES);
  const entries: PackEntry[] = [];
  let at = HEADER_BYTES;
  let unpacked = 0;
  while (entries.length < count) {
    const header = readHeader(objects, at);
    // before it is unpacked: what a header claims is all that is unpacked
    unpacked += header.bytes;
    if (unpacked > limits.unpackedBytes) throw unpacksTooFar(limits);
    const { entry, end } = await scanObject(objects, header, pacer);
    if (entry.kind === "delta") unpacked += entry.objectBytes;
    if (unpacked > limits.unpackedBytes) throw unpacksTooFar(limits);
    entries.push(entry);
    at = end;
    if (pacer.due()) await pacer.rest();
  }
  return entries;
}

// The number of objects, once the checksum at the end says that the pack has come as it was sent.
async function checkFrame(pack: Buffer, pacer: Pacer): Promise<number> {
  if (pack.length < HEADER_BYTES + TRAILER_BYTES) throw damaged("it is cut off");
  if (pack.toString("latin1", 0, 4) !== "PACK" || pack.readUInt32BE(4) !== 2) {
    throw damaged("it is no pack of version 2");
  }
  const end = pack.length - TRAILER_BYTES;
  const hash = createHash("sha1");
  for (let at = 0; at < end; at += HASHED_BYTES) {
    hash.update(pack.subarray(at, Math.min(at + HASHED_BYTES, end)));
    if (pacer.due()) await pacer.rest();
  }
  if (!hash.digest().equals(pack.subarray(end))) throw damaged("its checksum is wrong");
  return pack.readUInt32BE(8);
}

async function scanObject(
  pack: Buffer,
  header: PackHeader,
  pacer: Pacer,
): Promise<{ entry: PackEntry; end: number }> {
  const hash = hashOf(header.kind, header.bytes);
  const { start, end } = await unpack(pack, header, { hash, pacer });
  if (header.kind !== "delta") {
    return { entry: { ...header, objectBytes: header.bytes, oid: hash.digest("hex") }, end };
  }
  const base = readVarint(start, 0);
  return { entry: { ...header, objectBytes: readVarint(start, base.end).value }, end };
}

interface Unpacked {
  /** The first bytes at least. */
  readonly start: Buffer;
  readonly end: number;
}

interface Work {
  readonly hash: Hash;
  readonly pacer: Pacer;
}

async function unpack(pack: Buffer, header: PackHeader, work: Work): Promise<Unpacked> {
  const { hash } = work;
  if (header.bytes > STREAMED_BYTES) return stream(pack, header, work);
  const { data, end } = inflateAt(pack, header.dataAt, header.bytes);
  hash.update(data);
  return { start: data, end };
}

async function stream(pack: Buffer, header: PackHeader, { hash, pacer }: Work): Promise<Unpacked> {
  const inflate = createInflate();
  inflate.end(pack.subarray(header.dataAt));
  let start: Buffer | undefined;
  let bytes = 0;
  for await (const chunk of readable(inflate)) {
    start ??= chunk;
    bytes += chunk.length;
    if (bytes > header.bytes) break;
    hash.update(chunk);
    if (pacer.due()) await pacer.rest();
  }
  if (bytes !== header.bytes) throw damaged("an object of it has another length than it says");
  return { start: start ?? Buffer.alloc(0), end: header.dataAt + inflate.bytesWritten };
}

async function* readable(inflate: Inflate): AsyncGenerator<Buffer> {
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } catch (error) {
    throw damaged("an object of it can't be unpacked", error);
  }
}

/** The beginning of an object's name: Git hashes kind and length before the content. */
export function hashOf(kind: string, bytes: number): Hash {
  return createHash("sha1").update(`${kind} ${bytes}\0`);
}

/** The error for what is small on the wire and large in memory. */
export function unpacksTooFar({ unpackedBytes }: GitLimits): NopeaError {
  return new NopeaError(
    "git-too-large",
    `what the Git server sends unpacks to more than ${mebibytes(unpackedBytes)}`,
  );
}

function tooMany({ objects }: GitLimits): NopeaError {
  return new NopeaError("git-too-large", `the Git server sends more than ${objects} objects`);
}
