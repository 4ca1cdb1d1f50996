/** How long a text is for an API server, and what is left of one that is too long. */

/** Characters of a warning: an API server cuts at 256. */
export const LONGEST_LINE = 250;

const encoder = new TextEncoder();

/** Bytes of UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** At most so many characters; what was cut ends in `…`. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // half of a character is none
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** True for a text of which something may be missing. */
export function isCut(text: string): boolean {
  return text.endsWith("…");
}
