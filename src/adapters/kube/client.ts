/** Requests to the API server: JSON in, JSON out, patience where the server asks for it. */
import { setTimeout as sleep } from "node:timers/promises";
import { accountUser, type Account } from "../../model/account";
import { NopeaError } from "../../model/errors";
import { EXTRA_WRITER } from "../../model/hooks";
import { parseObject, type JsonObject } from "../../model/json";
import type { Credentials } from "./credentials";
import type { Wire, WireAnswer, WireRequest, WireStream } from "./wire";

export interface KubeRequest {
  readonly method?: WireRequest["method"];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** The user that nopea takes the place of (impersonation). */
  readonly as?: string;
  readonly signal: AbortSignal;
}

export interface KubeAnswer {
  readonly status: number;
  /** {} where the body was no JSON object. */
  readonly body: JsonObject;
}

export type Kube = (request: KubeRequest) => Promise<KubeAnswer>;

export interface KubeStreamRequest
  extends Pick<KubeRequest, "path" | "query" | "accept" | "signal"> {
  /** After so long without a byte the stream breaks. */
  readonly idleMs: number;
}

export type KubeStream = (request: KubeStreamRequest) => Promise<WireStream>;

/** Asks for objects without spec and data. */
export const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
export const METADATA_LIST_ONLY =
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
export const JSON_PATCH = "application/json-patch+json";
export const APPLY_PATCH = "application/apply-patch+yaml";

const ATTEMPTS_WHEN_BUSY = 4;
const WRITER_HEADER = `impersonate-extra-${encodeURIComponent(EXTRA_WRITER)}`;

/** Any status is an answer; a network error is a NopeaError cluster-unreachable. 429 is retried as the server says. */
export function createKube(wire: Pick<Wire, "send">, credentials: Credentials): Kube {
  return async request => {
    for (let attempt = 1; ; attempt++) {
      const answer = await send(wire, credentials, request);
      if (answer.status !== 429 || attempt === ATTEMPTS_WHEN_BUSY) {
        // not JSON: a proxy's or load balancer's page, or "404 page not found"; the status says all that is needed
        return { status: answer.status, body: parseObject(answer.text) };
      }
      await sleep(pause(answer, attempt), undefined, { signal: request.signal });
    }
  };
}

async function send(
  wire: Pick<Wire, "send">,
  credentials: Credentials,
  request: KubeRequest,
): Promise<WireAnswer> {
  const wired = await toWire(credentials, request);
  try {
    return await wire.send(wired).catch((error: unknown) => {
      if (!isStaleConnection(error)) throw error;
      return wire.send(wired);
    });
  } catch (cause) {
    throw unreachable(cause, request.signal);
  }
}

/**
 * Every write is made as the account, with the mark by which the admission hook knows nopea; undefined: as nopea itself.
 * Reads are nopea's own: an account needs no right to them.
 */
export function actingAs(kube: Kube, account: Account | undefined): Kube {
  if (account === undefined) return kube;
  const as = accountUser(account);
  return request => kube((request.method ?? "GET") === "GET" ? request : { ...request, as });
}

/** Opens a stream: any status is an answer, a network error until the headers is a NopeaError cluster-unreachable. */
export function createKubeStream(wire: Pick<Wire, "stream">, credentials: Credentials): KubeStream {
  return async ({ idleMs, ...request }) => {
    const wired = await toWire(credentials, request);
    try {
      return await wire.stream(wired, idleMs);
    } catch (cause) {
      throw unreachable(cause, request.signal);
    }
  };
}

async function toWire(credentials: Credentials, request: KubeRequest): Promise<WireRequest> {
  const { method = "GET", path, query, body, signal } = request;
  const authorization = await credentials.authorization();
  const headers = {
    ...headersOf(request),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return { method, path: `${path}${search}`, headers, body, signal };
}

function headersOf({ contentType, accept, as }: KubeRequest): Readonly<Record<string, string>> {
  return {
    accept: accept ?? "application/json",
    "user-agent": "nopea",
    ...(contentType === undefined ? {} : { "content-type": contentType }),
    ...(as === undefined ? {} : { "impersonate-user": as, [WRITER_HEADER]: "nopea" }),
  };
}

function unreachable(cause: unknown, signal: AbortSignal): NopeaError {
  signal.throwIfAborted();
  const why = cause instanceof Error ? cause.message : "unknown error";
  return new NopeaError("cluster-unreachable", `the API server does not answer: ${why}`, { cause });
}

/** The server closed an idle connection just as it was used. Every request of nopea's may safely be sent again. */
function isStaleConnection(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";
}

/** Milliseconds to wait after a 429: what Retry-After says, within reason. */
function pause(answer: WireAnswer, attempt: number): number {
  const seconds = Number(answer.retryAfter ?? "");
  return Number.isFinite(seconds) && seconds > 0
    ? Math.min(seconds, 10) * 1000
    : 250 * 2 ** attempt;
}
