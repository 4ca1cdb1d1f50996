/** Git's framing of a conversation: lines with their length in front. */
import { NopeaError } from "../../model/errors";
import { refusedByGit } from "./failures";

/** Writes one line. */
export function pktLine(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, "0")}${text}`;
}

/** Writes lines of text, each with its end. */
export function pktLines(texts: readonly string[]): string {
  return texts.map(text => pktLine(`${text}\n`)).join("");
}

/** Ends a message, or a part of one. */
export const FLUSH = "0000";
/** Stands between a command and its arguments (protocol v2). */
export const DELIMITER = "0001";

/**
 * Reads lines from the pieces of a body as they come; flush and delimiter packets are left out. Throws unless a flush
 * was the last: where a proxy breaks off without a word, nothing else tells the end from the middle.
 */
export async function* readPktLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  let flushed = false;
  for await (const chunk of body) {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    pending = pending.length === 0 ? view : Buffer.concat([pending, view]);
    const { lines, rest, last } = splitLines(pending);
    // the server gives up, in its own words (gitprotocol-pack(5))
    const refusal = lines.find(line => line.toString("latin1", 0, 4) === "ERR ");
    if (refusal !== undefined) throw refusedByGit(refusal.toString("utf8", 4));
    yield* lines;
    flushed = last === undefined ? flushed : last === FLUSH;
    pending = rest;
  }
  if (pending.length > 0) throw garbled("its answer ends in the middle of a line");
  if (!flushed) throw garbled("its answer ends too early");
}

/** The whole lines in a buffer, what is left of it, and the length that the last whole line announced. */
function splitLines(buffer: Buffer) {
  const lines: Buffer[] = [];
  let at = 0;
  let last: string | undefined;
  for (let end = lineEnd(buffer, at); end !== undefined; end = lineEnd(buffer, at)) {
    last = buffer.toString("latin1", at, at + 4);
    if (end - at > 4) lines.push(buffer.subarray(at + 4, end));
    at = end;
  }
  return { lines, rest: buffer.subarray(at), last };
}

// Where the line that begins at `at` ends; undefined: it has not arrived as a whole yet.
function lineEnd(buffer: Buffer, at: number): number | undefined {
  if (buffer.length - at < 4) return undefined;
  const hex = buffer.toString("latin1", at, at + 4);
  if (!/^[0-9a-f]{4}$/i.test(hex)) throw garbled("a line of it has no length");
  const length = parseInt(hex, 16);
  if (length === 3) throw garbled("a line of it has an impossible length");
  const end = at + Math.max(length, 4);
  return end <= buffer.length ? end : undefined;
}

/** The error for an answer that is not what the protocol allows. */
export function garbled(why: string): NopeaError {
  return new NopeaError("git-protocol", `the Git server's answer is not the Git protocol: ${why}`);
}
