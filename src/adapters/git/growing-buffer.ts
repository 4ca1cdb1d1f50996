/** Bytes that come in pieces, as one buffer: the pieces' memory is free again at once. */

export interface GrowingBuffer {
  append(piece: Uint8Array): void;
  /** Everything so far. */
  bytes(): Buffer;
}

const FIRST_BYTES = 256 * 1024;

/** Makes an empty one; it doubles when it is full, and memory that was never written to costs nothing. */
export function createGrowingBuffer(): GrowingBuffer {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let used = 0;
  return {
    append: piece => {
      const needed = used + piece.length;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      buffer.set(piece, used);
      used = needed;
    },
    bytes: () => buffer.subarray(0, used),
  };
}
