/** Random numbers that can be had again: a failure tells the seed. */

/** Numbers from 0 to 1, without 1; the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** NOPEA_SEED, or another one each time. */
export function anySeed(): number {
  return Number(process.env.NOPEA_SEED ?? Date.now() % 1_000_000);
}
