/** Whoever receives events: remembers what came, and answers as the test says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Milliseconds since the epoch, when its body was there. */
  readonly at: number;
}

/** `cut`: the connection breaks without an answer; `hang`: there is none until the sink stops. */
export type SinkAnswer =
  | "cut"
  | "hang"
  | {
      readonly status: number;
      readonly delayMs?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface EventSink {
  /** `http://127.0.0.1:<port>/events`. */
  readonly url: string;
  readonly port: number;
  /** All tries, in the order in which they came. */
  readonly received: readonly Received[];
  /** The same as JSON objects. */
  bodies(): readonly Record<string, unknown>[];
  /** From now on. `count`: how many came so far, this one with them. */
  respond(answer: SinkAnswer | ((received: Received, count: number) => SinkAnswer)): void;
  /** The most requests that waited for their answer at once. */
  mostAtOnce(): number;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1, on a free port unless one is given; answers 202 until it is told otherwise. */
export async function startEventSink(port = 0): Promise<EventSink> {
  const received: Received[] = [];
  let answer: (received: Received, count: number) => SinkAnswer = () => ({ status: 202 });
  let under = 0;
  let most = 0;
  const server = createServer((request, response) => {
    most = Math.max(most, ++under);
    const answered = once(() => under--);
    response.once("finish", answered).once("close", answered);
    void read(request).then(
      letter => {
        give(answer(letter, received.push(letter)), request, response);
      },
      () => undefined,
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/events`,
    port: taken,
    received,
    bodies: () => received.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    respond: how => {
      answer = typeof how === "function" ? how : () => how;
    },
    mostAtOnce: () => most,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "", url: path = "", headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks).toString("utf8"), at: Date.now() };
}

function give(answer: SinkAnswer, request: IncomingMessage, response: ServerResponse): void {
  if (answer === "hang") return;
  if (answer === "cut") {
    request.socket.destroy();
    return;
  }
  const { status, delayMs = 0, headers = {}, body = "" } = answer;
  const timer = setTimeout(() => response.writeHead(status, headers).end(body), delayMs);
  response.once("close", () => clearTimeout(timer));
}
