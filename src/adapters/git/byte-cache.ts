/** Remembers what was used last, up to a number of bytes. */

export interface Sized {
  readonly data: Uint8Array;
}

/** What a value takes besides its data: its key, its place in the map, the buffer's own record. */
const OVERHEAD_BYTES = 256;

/** Makes an empty cache; a value of more than a quarter of it is not kept. */
export function createByteCache<K, V extends Sized>(
  maxBytes: number,
): { get(key: K): V | undefined; set(key: K, value: V): void } {
  const values = new Map<K, V>();
  let bytes = 0;
  const drop = (key: K) => {
    const value = values.get(key);
    if (value !== undefined) bytes -= sizeOf(value);
    values.delete(key);
  };
  return {
    get: key => {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set: (key, value) => {
      if (value.data.length > maxBytes / 4) return;
      drop(key);
      values.set(key, value);
      bytes += sizeOf(value);
      for (const oldest of values.keys()) {
        if (bytes <= maxBytes) return;
        drop(oldest);
      }
    },
  };
}

function sizeOf({ data }: Sized): number {
  return data.length + OVERHEAD_BYTES;
}
