/** HTTP as isomorphic-git wants it, on undici: one for each call, with one budget of bytes and one signal. */
import type { GitHttpRequest, GitHttpResponse, HttpClient } from "isomorphic-git";
import type { Dispatcher } from "undici";
import request from "undici/lib/api/api-request.js";
import { NopeaError } from "../../model/errors";
import { explainFailure } from "./failures";
import { checkAnswer, checkFirstLine } from "./http-answer";
import { createMeter, type Meter } from "./meter";
import { printUrl } from "./printable";
import { redirectTarget } from "./redirect";
import { unlessAborted } from "./unless-aborted";

export interface GitHttpOptions {
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
  /** Bytes that all answers together may have. */
  readonly maxBytes: number;
}

export interface GitHttp extends HttpClient {
  /** isomorphic-git takes a broken answer for its end: throws what broke any of them so far. */
  assertIntact(): void;
  /** Ends what is still being received. */
  close(): void;
}

type Body = AsyncIterableIterator<Uint8Array> & { error?: unknown };

const MAX_REDIRECTS = 5;

/** Makes the client for one call. */
export function createGitHttp(options: GitHttpOptions): GitHttp {
  const meter = createMeter(options.maxBytes);
  const received: Dispatcher.ResponseData[] = [];
  const bodies: Body[] = [];
  return {
    request: async asked => {
      const { url, response } = await follow(options, asked);
      received.push(response);
      await checkAnswer(response, url);
      const body: Body = readBody(response, url, meter);
      bodies.push(body);
      return answer(url, response, body);
    },
    assertIntact: () => {
      const broken = bodies.find(body => body.error !== undefined);
      if (broken !== undefined) throw explainBroken(broken.error);
    },
    close: () => {
      for (const { body } of received) body.on("error", () => undefined).destroy();
    },
  };
}

async function follow(
  options: GitHttpOptions,
  asked: GitHttpRequest,
): Promise<{ url: URL; response: Dispatcher.ResponseData }> {
  let url = new URL(asked.url);
  const body = asked.body === undefined ? undefined : await collect(asked.body);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await ask(options, url, { ...asked, body });
    const target = redirectTarget(response, url);
    if (target === undefined) return { url, response };
    await response.body.dump({ limit: 65_536, signal: options.signal });
    url = target;
  }
  throw new NopeaError(
    "git-protocol",
    `${printUrl(url)} redirects more than ${MAX_REDIRECTS} times`,
  );
}

async function ask(
  { dispatcher, signal }: GitHttpOptions,
  url: URL,
  asked: Omit<GitHttpRequest, "body"> & { body: Buffer | undefined },
): Promise<Dispatcher.ResponseData> {
  const sent = request.call(dispatcher, {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: asked.method === "POST" ? "POST" : "GET",
    headers: { "user-agent": "git/nopea", ...asked.headers },
    ...(asked.body === undefined ? {} : { body: asked.body }),
    signal,
  });
  try {
    return await unlessAborted(sent, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw explainFailure(error, url.host);
  }
}

async function* readBody(
  response: Dispatcher.ResponseData,
  url: URL,
  meter: Meter,
): AsyncGenerator<Uint8Array, undefined> {
  const chunks = (response.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let first = true;
  for (let chunk = await next(chunks, url); chunk; chunk = await next(chunks, url)) {
    meter.count(chunk.length);
    if (first) checkFirstLine(chunk, url);
    first = false;
    yield chunk;
  }
  // A server that gives up after the headers; isomorphic-git would take it for a repository without branches.
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

function answer(url: URL, response: Dispatcher.ResponseData, body: Body): GitHttpResponse {
  const type = response.headers["content-type"];
  return {
    url: url.href,
    statusCode: response.statusCode,
    statusMessage: "",
    headers: typeof type === "string" ? { "content-type": type } : {},
    body,
  };
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function explainBroken(error: unknown): NopeaError {
  if (error instanceof NopeaError) return error;
  return new NopeaError("git-protocol", "the Git server's answer is not the Git protocol", {
    cause: error,
  });
}
