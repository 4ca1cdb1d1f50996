/** Bytes that come in pieces, as one buffer: the pieces' memory is free again at once. */

export interface GrowingBuffer {
  append(piece: Uint8Array): void;
  length(): number;
  /** Everything so far. */
  bytes(): Buffer;
}

const SMALL_BYTES = 256 * 1024;
const MEDIUM_BYTES = 4 * 2 ** 20;

/**
 * Makes an empty one for at most so many bytes. It grows in two steps only: memory that was never written to costs
 * nothing, but to copy a hundred megabytes into more room would hold the event loop up.
 */
export function createGrowingBuffer(maxBytes: number): GrowingBuffer {
  let buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  let used = 0;
  return {
    append: piece => {
      const needed = used + piece.length;
      if (needed > buffer.length) {
        const room = needed <= MEDIUM_BYTES ? MEDIUM_BYTES : Math.max(maxBytes, needed);
        const larger = Buffer.allocUnsafeSlow(room);
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      buffer.set(piece, used);
      used = needed;
    },
    length: () => used,
    bytes: () => buffer.subarray(0, used),
  };
}
