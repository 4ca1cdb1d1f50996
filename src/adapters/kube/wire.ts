/** The connections to the API server: one pool for requests, limited in number, time and bytes, and streams beside it. */
import type { Readable } from "node:stream";
import Agent from "undici/lib/dispatcher/agent.js";
import request from "undici/lib/api/api-request.js";
import type { Credentials } from "./credentials";

export interface WireRequest {
  readonly method: "GET" | "PATCH" | "POST" | "PUT" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

export interface WireAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

export interface WireStream {
  readonly status: number;
  /** The body as it comes in; throws when the connection breaks, is silent for too long or the signal is aborted. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Ends the connection, unless the body was read to its end. */
  close(): void;
}

/** Sends one request; rejects on network errors and when the signal is aborted, never for a status. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  /** A body without an end: over a connection of its own, not one of those that requests wait for. */
  stream(request: WireRequest, idleMs: number): Promise<WireStream>;
  close(): Promise<void>;
}

const SECOND = 1000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** `connections` is the number of requests in flight at most; more wait in the pool. */
export function createWire(credentials: Credentials, connections = 24): Wire {
  const common = {
    pipelining: 1,
    keepAliveTimeout: 60 * SECOND,
    connectTimeout: 10 * SECOND,
    headersTimeout: 60 * SECOND,
    connect: credentials.tls,
  };
  const agent = new Agent({
    ...common,
    connections,
    bodyTimeout: 60 * SECOND,
    maxResponseSize: LARGEST_ANSWER,
  });
  const streams = new Agent(common);
  return {
    async send(wanted) {
      const answer = await request.call(agent, optionsOf(credentials, wanted));
      const retryAfter = answer.headers["retry-after"];
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
        text: await answer.body.text(),
      };
    },
    async stream(wanted, idleMs) {
      const options = { ...optionsOf(credentials, wanted), bodyTimeout: idleMs };
      const { statusCode, body } = await request.call(streams, options);
      return { status: statusCode, chunks: body, close: () => closeBody(body) };
    },
    close: async () => {
      await Promise.all([agent.destroy(), streams.destroy()]);
    },
  };
}

function optionsOf(credentials: Credentials, request: WireRequest) {
  const { method, path, headers, body = null, signal } = request;
  const { origin, basePath } = credentials;
  return { origin, path: `${basePath}${path}`, method, headers, body, signal };
}

function closeBody(body: Readable): void {
  // undici reports the destruction itself as an error, and one that nobody listens to ends the process
  body.on("error", () => undefined).destroy();
}
