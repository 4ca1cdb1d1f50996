/** From the bytes of a file to text with `\n` line breaks, and from an offset in it to a line. */
import type { Fault } from "./reading";

export type Decoded =
  | { readonly text: string }
  | { readonly line: number; readonly message: string };

/** Text of UTF-8 bytes, with or without BOM, whatever the line breaks; or the line that is not text. */
export function decodeText(content: Uint8Array): Decoded {
  const text = decodeUtf8(content);
  if (text === undefined) {
    return {
      line: firstBadLine(content),
      message: "the file is not UTF-8 text: save it as UTF-8, or leave it out with .nopeaignore",
    };
  }
  return { text: text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text };
}

/** The text of UTF-8 bytes without BOM; undefined when they are not UTF-8. */
export function decodeUtf8(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** Offsets at which lines begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The line, counted from 1, of an offset. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function firstBadLine(content: Uint8Array): number {
  let line = 1;
  let from = 0;
  while (from < content.length) {
    const newline = content.indexOf(10, from);
    const to = newline < 0 ? content.length : newline + 1;
    if (decodeUtf8(content.subarray(from, to)) === undefined) return line;
    line += 1;
    from = to;
  }
  return 1;
}

/** The first character that YAML lets nobody write as itself; JSON does allow some of them. */
export function findControlCharacter(text: string): Fault | undefined {
  const offset = text.search(/[^\P{Cc}\t\n\u0085]|[\ufffe\uffff]/u);
  if (offset < 0) return undefined;
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  return {
    offset,
    message: `the file holds the control character U+${code}: write it as an escape in double quotes`,
  };
}
