/** Unpacks one object of a pack, which does not say where its packed bytes end. */
import { inflateSync, type Inflate } from "node:zlib";
import { NopeaError } from "../../model/errors";

const SMALLEST_CHUNK = 64;
const LARGEST_CHUNK = 2 ** 20;

/** The object's bytes, exactly as many as announced, and where the next entry begins. */
export function inflateAt(
  pack: Buffer,
  at: number,
  bytes: number,
): { readonly data: Buffer; readonly end: number } {
  const { buffer, engine } = inflate(pack.subarray(at), bytes);
  if (buffer.length !== bytes) throw damaged("an object of it has another length than it says");
  return { data: buffer, end: at + engine.bytesWritten };
}

// With Node's own chunk size a file of a few bytes would keep 16 KiB alive; `bytes` is only what the pack claims.
function inflate(packed: Buffer, bytes: number): { buffer: Buffer; engine: Inflate } {
  try {
    const options = {
      info: true,
      chunkSize: Math.min(Math.max(bytes + 1, SMALLEST_CHUNK), LARGEST_CHUNK),
      maxOutputLength: Math.max(bytes, 1),
    };
    return inflateSync(packed, options) as unknown as { buffer: Buffer; engine: Inflate };
  } catch (error) {
    throw damaged("an object of it can't be unpacked", error);
  }
}

/** The error for a pack that is not what it should be. */
export function damaged(why: string, cause?: unknown): NopeaError {
  return new NopeaError("git-protocol", `the Git server sent a damaged pack: ${why}`, { cause });
}
