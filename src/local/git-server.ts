/** A smart-HTTP Git server on loopback: `git http-backend` behind node:http, with the moods that tests ask for. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pair } from "./certificates";
import { runBackend, type Exchange } from "./git-backend";
import { createBareRepository, type GitRepository } from "./git-repository";

/** How one repository answers; unset: well and at once. */
export interface Behaviour {
  readonly basicAuth?: { readonly username: string; readonly password: string };
  /** Wants this token as Bearer, and says so. */
  readonly bearerToken?: string;
  /** Speaks protocol v0 only, as servers did before 2018. */
  readonly oldProtocol?: boolean;
  /** Breaks off after so many bytes of a POST's answer. */
  readonly cutAfterBytes?: number;
  readonly delayMs?: number;
  /** Never answers: neither headers nor end. */
  readonly hang?: boolean;
  /** Answers with this status and nothing else. */
  readonly status?: number;
  /** Answers with bytes that are no Git. */
  readonly garbage?: boolean;
  /** Refuses `git push`. */
  readonly readOnly?: boolean;
}

export interface GitRequest {
  readonly repository: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly at: number;
  readonly userAgent: string;
  readonly gitProtocol: string;
  readonly authorization: string;
  /** What protocol v2 is asked for, `ls-refs` or `fetch`; "" for everything else. Known when the body has begun to come. */
  command: string;
  /** Bytes of the answer, headers included; known when it has ended. */
  sentBytes: number;
}

export interface GitServer {
  readonly url: string;
  /** What was asked since the start or the last forget(). */
  readonly requests: readonly GitRequest[];
  /** Makes a bare repository and tells where it is served. */
  create(name: string): Promise<ServedRepository>;
  behave(name: string, behaviour: Behaviour): void;
  forget(): void;
  stop(): Promise<void>;
}

export interface ServedRepository extends GitRepository {
  readonly url: string;
}

/** Serves the bare repositories below a directory on a free port, of loopback unless told otherwise; over HTTPS with `tls`. */
export async function startGitServer(
  directory: string,
  host = "127.0.0.1",
  tls?: Pair,
): Promise<GitServer> {
  const behaviours = new Map<string, Behaviour>();
  const requests: GitRequest[] = [];
  const listener = (incoming: IncomingMessage, answer: ServerResponse) => {
    const name = repositoryOf(incoming);
    const request = record(name, incoming, answer);
    requests.push(request);
    const body = readCommand(incoming, request);
    const exchange = { incoming, body, answer };
    serve(directory, behaviours.get(name) ?? {}, exchange).catch((error: unknown) => {
      answer.destroy(error instanceof Error ? error : undefined);
    });
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  const port = await listen(server, host);
  const url = `${tls === undefined ? "http" : "https"}://${host}:${port}`;
  return {
    url,
    requests,
    create: async name => ({
      ...(await createBareRepository(directory, `${name}.git`)),
      url: `${url}/${name}.git`,
    }),
    behave: (name, behaviour) => behaviours.set(name, behaviour),
    forget: () => requests.splice(0),
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The port that the server got. */
async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

/** The body, for whoever answers: who waits before the answer must not lose what comes meanwhile. */
function readCommand(incoming: IncomingMessage, request: GitRequest): Readable {
  incoming.once("data", (chunk: Buffer) => {
    request.command = /^[0-9a-f]{4}command=([a-z-]+)/.exec(chunk.toString("latin1"))?.[1] ?? "";
  });
  return incoming.pipe(new PassThrough());
}

async function serve(
  directory: string,
  behaviour: Behaviour,
  { incoming, body, answer }: Exchange,
): Promise<void> {
  if (behaviour.hang === true) return;
  if (behaviour.delayMs !== undefined) await sleep(behaviour.delayMs);
  const refusal = refuse(behaviour, incoming);
  if (refusal !== undefined) {
    answer.writeHead(refusal.status, refusal.headers).end(refusal.body);
    return;
  }
  if (behaviour.oldProtocol === true) delete incoming.headers["git-protocol"];
  if (incoming.method === "POST") cut(answer, behaviour.cutAfterBytes ?? Infinity);
  await runBackend(directory, { incoming, body, answer });
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

function refuse(behaviour: Behaviour, incoming: IncomingMessage): Refusal | undefined {
  if (behaviour.status !== undefined) return { status: behaviour.status, headers: {} };
  if (behaviour.garbage === true) return { status: 200, headers: {}, body: randomBytes(4_096) };
  if (!isAuthorized(behaviour, incoming)) {
    const scheme = behaviour.bearerToken === undefined ? "Basic" : "Bearer";
    return { status: 401, headers: { "www-authenticate": `${scheme} realm="nopea"` } };
  }
  const isPush = incoming.url?.includes("git-receive-pack") === true;
  return behaviour.readOnly === true && isPush ? { status: 403, headers: {} } : undefined;
}

/** The connection ends as soon as so many bytes have left. */
function cut(answer: ServerResponse, bytes: number): void {
  const { socket } = answer;
  const before = socket?.bytesWritten ?? 0;
  const write = answer.write.bind(answer);
  answer.write = (chunk: Buffer) => {
    const left = bytes - ((socket?.bytesWritten ?? 0) - before);
    const whole = write(chunk.subarray(0, Math.max(left, 0)));
    if (left < chunk.length) answer.destroy();
    return whole;
  };
}

function isAuthorized({ basicAuth, bearerToken }: Behaviour, incoming: IncomingMessage): boolean {
  if (bearerToken !== undefined) return incoming.headers.authorization === `Bearer ${bearerToken}`;
  if (basicAuth === undefined) return true;
  const credentials = Buffer.from(`${basicAuth.username}:${basicAuth.password}`);
  return incoming.headers.authorization === `Basic ${credentials.toString("base64")}`;
}

function record(repository: string, incoming: IncomingMessage, answer: ServerResponse): GitRequest {
  const protocol = incoming.headers["git-protocol"];
  const { socket } = incoming;
  const before = socket.bytesWritten;
  const request: GitRequest = {
    repository,
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    at: Date.now(),
    userAgent: incoming.headers["user-agent"] ?? "",
    gitProtocol: typeof protocol === "string" ? protocol : "",
    authorization: incoming.headers.authorization ?? "",
    command: "",
    sentBytes: 0,
  };
  answer.once("close", () => {
    request.sentBytes = socket.bytesWritten - before;
  });
  return request;
}

function repositoryOf(incoming: IncomingMessage): string {
  return /^\/([^?]+?)\.git(\/|$)/.exec(incoming.url ?? "")?.[1] ?? "";
}
