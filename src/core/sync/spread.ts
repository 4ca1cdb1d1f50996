/** Spreads polls: repositories that began at the same moment must not ask for ever at the same moments. */

const SHARE = 0.1;
const MOST_MS = 30_000;
/** Crockford's base 32, as ULIDs are written. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Milliseconds until the next poll: never less than the interval, at most a tenth (and 30 s) more, by the ULID's chance. */
export function spread(intervalMs: number, id: string): number {
  const [a = "0", b = "0"] = id.slice(-2);
  const chance = (DIGITS.indexOf(a) * 32 + DIGITS.indexOf(b)) / 1024;
  return intervalMs + Math.floor(Math.min(intervalMs * SHARE, MOST_MS) * chance);
}
