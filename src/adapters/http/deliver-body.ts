/** Reads the body of a request, as much as there is room for, and hands it over. */
import type { IncomingMessage } from "node:http";
import { refuse, type HttpAnswer, type Reception } from "../../model/http";
import type { Budget } from "./budget";

type Reading = Extract<Reception, { do: "read" }>;

const BUSY: HttpAnswer = {
  ...refuse(503, "busy", "too many deliveries at once: send this one again"),
  headers: { "retry-after": "5" },
};

/** Undefined: the sender has gone, and there is nobody to answer. */
export async function deliverBody(
  request: IncomingMessage,
  reading: Reading,
  budget: Budget,
): Promise<HttpAnswer | undefined> {
  if (!budget.enter()) return BUSY;
  const held: Held = { chunks: [], bytes: 0 };
  try {
    const refused = await collect(request, reading, { budget, held });
    return refused ?? reading.deliver(Buffer.concat(held.chunks, held.bytes));
  } catch (error) {
    if (request.complete) throw error;
    return undefined;
  } finally {
    budget.leave(held.bytes);
  }
}

interface Held {
  readonly chunks: Buffer[];
  bytes: number;
}

/** The answer where the body is refused; it may not be at its end then. */
async function collect(
  request: IncomingMessage,
  { maxBytes, tooLarge }: Reading,
  { budget, held }: { readonly budget: Budget; readonly held: Held },
): Promise<HttpAnswer | undefined> {
  // the connection is still needed for the answer
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    if (held.bytes + chunk.length > maxBytes) return tooLarge;
    if (!budget.take(chunk.length)) return BUSY;
    held.chunks.push(chunk);
    held.bytes += chunk.length;
  }
  return undefined;
}
