/** Splits a stream of bytes into lines, each within a limit. */

/** A line that may not be held: more than the limit came without a line break. */
export class LineTooLong extends Error {}

const LINE_FEED = 0x0a;

/** Each complete line; what stands after the last line break was cut off, and is left out. Throws LineTooLong. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<string> {
  let begun: readonly Uint8Array[] = [];
  for await (const chunk of chunks) {
    const pieces = split(chunk);
    const rest = pieces.pop() ?? new Uint8Array();
    for (const piece of pieces) {
      yield Buffer.concat(within(limit, [...begun, piece])).toString("utf8");
      begun = [];
    }
    begun = within(limit, [...begun, rest]);
  }
}

/** Bytes are split, not text: in UTF-8 a line feed is never part of another character. */
function split(chunk: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
    pieces.push(chunk.subarray(start, end));
    start = end + 1;
  }
  return [...pieces, chunk.subarray(start)];
}

function within(limit: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  if (bytes > limit) throw new LineTooLong(`a line of more than ${limit} bytes`);
  return parts;
}
