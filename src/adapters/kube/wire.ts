/** The one pool of connections to the API server: keep-alive, limited in number, in time and in bytes. */
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

/** Sends one request; rejects on network errors and when the signal is aborted, never for a status. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): Promise<void>;
}

const SECOND = 1000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** `connections` is the number of requests in flight at most; more wait in the pool. */
export function createWire(credentials: Credentials, connections = 24): Wire {
  const agent = new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: 60 * SECOND,
    connectTimeout: 10 * SECOND,
    headersTimeout: 60 * SECOND,
    bodyTimeout: 60 * SECOND,
    maxResponseSize: LARGEST_ANSWER,
    connect: credentials.tls,
  });
  return {
    async send({ method, path, headers, body, signal }) {
      const answer = await request.call(agent, {
        origin: credentials.origin,
        path: `${credentials.basePath}${path}`,
        method,
        headers,
        body: body ?? null,
        signal,
      });
      const retryAfter = answer.headers["retry-after"];
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
        text: await answer.body.text(),
      };
    },
    close: () => agent.destroy(),
  };
}
