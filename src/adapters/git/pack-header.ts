/** The few bytes in front of each object of a pack. */
import { damaged } from "./inflate";

export type ObjectKind = "commit" | "tree" | "blob" | "tag";

export interface PackHeader {
  readonly kind: ObjectKind | "delta";
  /** Where the entry begins: deltas name their base by it. */
  readonly at: number;
  /** Bytes of what follows once unpacked: the object, or the delta. */
  readonly bytes: number;
  readonly dataAt: number;
  /** A delta's base: an earlier entry's place, or an object's name. */
  readonly base?: number | string;
}

const KINDS: Readonly<Record<number, PackHeader["kind"]>> = {
  1: "commit",
  2: "tree",
  3: "blob",
  4: "tag",
  6: "delta",
  7: "delta",
};
const OFFSET_DELTA = 6;
const NAME_DELTA = 7;
const NAME_BYTES = 20;

/** Reads the header of the entry that begins at `at`. */
export function readHeader(pack: Buffer, at: number): PackHeader {
  const first = byteAt(pack, at);
  const type = (first >> 4) & 7;
  const kind = KINDS[type];
  if (kind === undefined) throw damaged("it holds an object of unknown type");
  const { bytes, end } = readLength(pack, at, first);
  const head = { kind, at, bytes };
  if (type === OFFSET_DELTA) {
    const base = readOffset(pack, end);
    const place = at - base.distance;
    if (base.distance < 1 || place < 0) throw damaged("a delta of it has no base");
    return { ...head, dataAt: base.end, base: place };
  }
  if (type === NAME_DELTA) {
    const name = pack.toString("hex", end, end + NAME_BYTES);
    return { ...head, dataAt: end + NAME_BYTES, base: name };
  }
  return { ...head, dataAt: end };
}

// Four bits in the first byte, seven in each that follows; plain arithmetic, since shifts end at 32 bits.
function readLength(pack: Buffer, at: number, first: number): { bytes: number; end: number } {
  let bytes = first & 15;
  let scale = 16;
  let end = at + 1;
  for (let byte = first; byte & 128; end++) {
    byte = byteAt(pack, end);
    bytes += (byte & 127) * scale;
    scale *= 128;
    if (bytes > Number.MAX_SAFE_INTEGER || end - at > 8)
      throw damaged("an object of it has an impossible length");
  }
  return { bytes, end };
}

function readOffset(pack: Buffer, at: number): { distance: number; end: number } {
  let byte = byteAt(pack, at);
  let distance = byte & 127;
  let end = at + 1;
  while (byte & 128 && distance <= pack.length) {
    byte = byteAt(pack, end);
    end += 1;
    distance = (distance + 1) * 128 + (byte & 127);
  }
  return { distance, end };
}

function byteAt(pack: Buffer, at: number): number {
  const byte = pack[at];
  if (byte === undefined) throw damaged("it is cut off");
  return byte;
}
