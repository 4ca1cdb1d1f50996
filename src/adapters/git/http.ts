/** The HTTP of one call to a Git server: one budget of bytes, one signal, credentials for one host only. */
import type { Dispatcher } from "undici";
import request from "undici/lib/api/api-request.js";
import { NopeaError } from "../../model/errors";
import type { GitCredentials } from "../../model/git-repository";
import { authorize, type Authorization } from "./authorization";
import type { GitConnections } from "./connections";
import { explainFailure } from "./failures";
import { checkAnswer } from "./http-answer";
import { createMeter, type Meter } from "./meter";
import { printUrl } from "./printable";
import { redirectTarget } from "./redirect";
import { unlessAborted } from "../unless-aborted";

export interface GitHttpOptions {
  readonly connections: GitConnections;
  readonly credentials?: GitCredentials | undefined;
  readonly signal: AbortSignal;
  /** Bytes that all answers together may have. */
  readonly maxBytes: number;
  readonly traffic?: Traffic | undefined;
}

/** Told of what goes over the wire. */
export interface Traffic {
  asked(outcome: "answered" | "failed"): void;
  received(bytes: number): void;
}

export interface GitRequest {
  readonly url: string;
  /** Which version of Git's protocol is wished for, or spoken. */
  readonly version: 0 | 2;
  /** Absent: GET. */
  readonly body?: Buffer;
}

export interface GitHttp {
  /** The body of a good answer, as it comes; rejects for every other one. */
  request(asked: GitRequest): Promise<AsyncIterable<Buffer>>;
  /** Ends what is still being received. */
  close(): void;
}

const UNSEEN: Traffic = { asked: () => undefined, received: () => undefined };

interface Call extends GitHttpOptions {
  readonly traffic: Traffic;
  readonly authorization: Authorization;
  /** Every answer so far: one that nobody reads holds its connection. */
  readonly received: Dispatcher.ResponseData[];
}

const MAX_REDIRECTS = 5;

/** Makes the client for one call. */
export function createGitHttp(options: GitHttpOptions): GitHttp {
  const meter = createMeter(options.maxBytes);
  const received: Dispatcher.ResponseData[] = [];
  const { traffic = UNSEEN } = options;
  const call = { ...options, traffic, authorization: authorize(options.credentials), received };
  return {
    request: async asked => {
      const { url, response } = await follow(call, asked);
      await checkAnswer(response, url, call.authorization.header() !== undefined);
      return readBody(response, url, meter);
    },
    close: () => {
      traffic.received(meter.seen());
      for (const { body } of received) body.destroy();
    },
  };
}

async function follow(
  call: Call,
  asked: GitRequest,
): Promise<{ url: URL; response: Dispatcher.ResponseData }> {
  let url = new URL(asked.url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await askAsWished(call, url, asked);
    const target = redirectTarget(response, url);
    if (target === undefined) return { url, response };
    await drain(response, call.signal);
    url = target;
  }
  throw new NopeaError(
    "git-protocol",
    `${printUrl(url)} redirects more than ${MAX_REDIRECTS} times`,
  );
}

/** Once more where the server wants the credentials in another scheme and says so. */
async function askAsWished(call: Call, url: URL, asked: GitRequest) {
  const response = await ask(call, url, asked);
  if (response.statusCode !== 401 || !call.authorization.change(response.headers)) return response;
  await drain(response, call.signal);
  return ask(call, url, asked);
}

async function ask(
  { connections, credentials, authorization, received, traffic, signal }: Call,
  url: URL,
  { body, version }: GitRequest,
): Promise<Dispatcher.ResponseData> {
  connections.check(url);
  const header = authorization.header();
  const sent = request.call(connections.to(credentials?.ca), {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: body === undefined ? "GET" : "POST",
    headers: {
      "user-agent": "git/nopea",
      ...(version === 2 ? { "git-protocol": "version=2" } : {}),
      ...(body === undefined ? {} : POSTED),
      ...(header === undefined ? {} : { authorization: header }),
    },
    ...(body === undefined ? {} : { body }),
    signal,
  });
  try {
    const response = await unlessAborted(sent, signal);
    received.push(response);
    // a body that is given up tells so a little later, when nobody may be listening: that would end the process
    response.body.on("error", () => undefined);
    traffic.asked("answered");
    return response;
  } catch (error) {
    traffic.asked("failed");
    signal.throwIfAborted();
    throw explainFailure(error, url.host);
  }
}

const POSTED = {
  "content-type": "application/x-git-upload-pack-request",
  accept: "application/x-git-upload-pack-result",
};

// Only an answer that was read to its end leaves the connection to the next request.
async function drain(response: Dispatcher.ResponseData, signal: AbortSignal): Promise<void> {
  await response.body.dump({ limit: 65_536, signal });
}

async function* readBody(
  response: Dispatcher.ResponseData,
  url: URL,
  meter: Meter,
): AsyncGenerator<Buffer, undefined> {
  const chunks = (response.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let first = true;
  try {
    for (let chunk = await next(chunks, url); chunk; chunk = await next(chunks, url)) {
      meter.count(chunk.length);
      first = false;
      yield chunk;
    }
  } finally {
    // who reads no further must not keep the connection from the next request
    response.body.destroy();
  }
  // a server that gives up after the headers
  if (first) throw new NopeaError("git-protocol", `${printUrl(url)} answers with nothing at all`);
  return undefined;
}

async function next(chunks: AsyncIterator<Buffer>, url: URL): Promise<Buffer | undefined> {
  try {
    const result = await chunks.next();
    return result.done === true ? undefined : result.value;
  } catch (error) {
    throw explainFailure(error, url.host);
  }
}
