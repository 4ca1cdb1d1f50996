/** So much of long work as may be done before the event loop is given back. */

const SLICE = 250;

/** All of it, in order. */
export function* inSlices<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += SLICE) yield items.slice(from, from + SLICE);
}
