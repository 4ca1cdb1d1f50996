/** Git's deltas: an object told as pieces of another one and insertions. */
import { damaged } from "./inflate";

/** A number of seven bits a byte, lowest first. */
export function readVarint(data: Buffer, at: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  for (let end = at; end < data.length; end++) {
    const byte = data[end] ?? 0;
    value += (byte & 127) * scale;
    scale *= 128;
    // also where more zeros follow: a scale that becomes infinite makes no number of them
    if (value > Number.MAX_SAFE_INTEGER || end - at > 8) break;
    if ((byte & 128) === 0) return { value, end: end + 1 };
  }
  throw damaged("a delta of it is cut off");
}

/** The object that the delta makes of its base; the caller has checked that its length is bearable. */
export function applyDelta(delta: Buffer, base: Buffer): Buffer {
  const source = readVarint(delta, 0);
  const target = readVarint(delta, source.end);
  if (source.value !== base.length) throw damaged("a delta of it is for another base");
  const result = Buffer.allocUnsafeSlow(target.value);
  let written = 0;
  let at = target.end;
  while (at < delta.length) {
    const piece = readPiece(delta, at, base);
    if (written + piece.data.length > result.length) throw damaged("a delta of it is too long");
    written += piece.data.copy(result, written);
    at = piece.end;
  }
  if (written !== result.length) throw damaged("a delta of it is too short");
  return result;
}

function readPiece(delta: Buffer, at: number, base: Buffer): { data: Buffer; end: number } {
  const command = delta[at] ?? 0;
  if (command === 0) throw damaged("a delta of it has an unknown command");
  if (command < 128) return { data: slice(delta, at + 1, command), end: at + 1 + command };
  const offset = readSparse(delta, at + 1, command & 15);
  const length = readSparse(delta, offset.end, (command >> 4) & 7);
  return { data: slice(base, offset.value, length.value || 65_536), end: length.end };
}

// Only the bytes whose bit is set are there; the others are zero.
function readSparse(delta: Buffer, at: number, bits: number): { value: number; end: number } {
  let value = 0;
  let end = at;
  for (let index = 0; bits >> index; index++) {
    if ((bits >> index) & 1) value += (delta[end++] ?? 0) * 256 ** index;
  }
  return { value, end };
}

function slice(from: Buffer, at: number, length: number): Buffer {
  if (at + length > from.length) throw damaged("a delta of it reaches beyond its base");
  return from.subarray(at, at + length);
}
