/** Maps that remember what was set last, and no more than so much. */

/** Sets a value as the newest one; returns the oldest where that had to go. */
export function setNewest<V>(
  map: Map<string, V>,
  [key, value]: readonly [key: string, value: V],
  most: number,
): V | undefined {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return undefined;
  const [[oldest, gone] = [key, value]] = map;
  map.delete(oldest);
  return gone;
}
