/** Remembers what was used last, up to a number of bytes. */

export interface Sized {
  readonly data: Uint8Array;
}

/** Makes an empty cache. */
export function createByteCache<K, V extends Sized>(
  maxBytes: number,
): { get(key: K): V | undefined; set(key: K, value: V): void } {
  const values = new Map<K, V>();
  let bytes = 0;
  const drop = (key: K) => {
    bytes -= values.get(key)?.data.length ?? 0;
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
      bytes += value.data.length;
      for (const oldest of values.keys()) {
        if (bytes <= maxBytes) return;
        drop(oldest);
      }
    },
  };
}
