/** Writes answers; whoever is still sending a body gets the answer before the connection is closed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpAnswer } from "../../model/http";

/** So long what nobody wants is read and thrown away: a connection closed at once would take the answer with it. */
const LINGER_MS = 2_000;

/** JSON, with a line's end for people with curl. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
): void {
  const text = `${JSON.stringify(body)}\n`;
  sendText(request, response, { status, headers: { ...headers, ...json }, text });
}

const json = { "content-type": "application/json", "cache-control": "no-store" };

/** Prometheus text. */
export function sendMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): void {
  const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  sendText(request, response, { status: 200, headers, text });
}

interface TextAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, text }: TextAnswer,
): void {
  const length = { "content-length": String(Buffer.byteLength(text)) };
  if (!isStillSending(request)) {
    response.writeHead(status, { ...headers, ...length }).end(text);
    return;
  }
  response.writeHead(status, { ...headers, ...length, connection: "close" });
  response.write(text);
  lingerThen(request, () => response.end());
}

function isStillSending({ complete, headers }: IncomingMessage): boolean {
  const hasBody =
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return hasBody && !complete;
}

function lingerThen(request: IncomingMessage, end: () => void): void {
  const timer = setTimeout(end, LINGER_MS).unref();
  request.once("close", () => {
    clearTimeout(timer);
    end();
  });
  request.once("end", end);
  request.resume();
}
