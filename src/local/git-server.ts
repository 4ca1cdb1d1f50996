/** A smart-HTTP Git server on loopback: `git http-backend` behind node:http, with the moods that tests ask for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { runBackend } from "./git-backend";
import { createBareRepository, type GitRepository } from "./git-repository";

/** How one repository answers; unset: well and at once. */
export interface Behaviour {
  readonly basicAuth?: { readonly username: string; readonly password: string };
  readonly delayMs?: number;
  /** Never answers: neither headers nor end. */
  readonly hang?: boolean;
  /** Answers with this status and nothing else. */
  readonly status?: number;
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

/** Serves the bare repositories below a directory on a free port, of loopback unless told otherwise. */
export async function startGitServer(directory: string, host = "127.0.0.1"): Promise<GitServer> {
  const behaviours = new Map<string, Behaviour>();
  const requests: GitRequest[] = [];
  const server = createServer((incoming, answer) => {
    const name = repositoryOf(incoming);
    requests.push(record(name, incoming));
    serve(directory, behaviours.get(name) ?? {}, incoming, answer).catch((error: unknown) => {
      answer.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const url = `http://${host}:${port}`;
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

async function serve(
  directory: string,
  behaviour: Behaviour,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  if (behaviour.hang === true) return;
  if (behaviour.delayMs !== undefined) await sleep(behaviour.delayMs);
  if (behaviour.status !== undefined) {
    answer.writeHead(behaviour.status).end();
    return;
  }
  if (!isAuthorized(behaviour, incoming)) {
    answer.writeHead(401, { "www-authenticate": 'Basic realm="nopea"' }).end();
    return;
  }
  if (behaviour.readOnly === true && incoming.url?.includes("git-receive-pack") === true) {
    answer.writeHead(403).end();
    return;
  }
  await runBackend(directory, incoming, answer);
}

function isAuthorized({ basicAuth }: Behaviour, incoming: IncomingMessage): boolean {
  if (basicAuth === undefined) return true;
  const credentials = Buffer.from(`${basicAuth.username}:${basicAuth.password}`);
  return incoming.headers.authorization === `Basic ${credentials.toString("base64")}`;
}

function record(repository: string, incoming: IncomingMessage): GitRequest {
  const protocol = incoming.headers["git-protocol"];
  return {
    repository,
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    at: Date.now(),
    userAgent: incoming.headers["user-agent"] ?? "",
    gitProtocol: typeof protocol === "string" ? protocol : "",
  };
}

function repositoryOf(incoming: IncomingMessage): string {
  return /^\/([^?]+?)\.git(\/|$)/.exec(incoming.url ?? "")?.[1] ?? "";
}
