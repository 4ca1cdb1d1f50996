/** Stands between nopea and the API server, with a certificate of the same authority, and has moods. */
import { readFileSync } from "node:fs";
import { createServer, request as forward, Agent } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { loadAuthority } from "../../src/local/certificates";
import type { ControlPlane } from "../../src/local/control-plane";

export interface Mood {
  /** The share of requests, watches among them, that get this status and do not reach the API server. */
  readonly refuse?: { readonly status: 429 | 500; readonly share: number };
  /** The share of requests that reach the API server and whose answers are lost. */
  readonly loseAnswers?: number;
  /** Watches are answered as if their revision had been compacted. */
  readonly watchesAreGone?: boolean;
  readonly delayMs?: number;
}

export interface ApiProxy {
  readonly url: string;
  be(mood: Mood): void;
  /** Ends every watch that is open; how many. */
  cutWatches(): number;
  /** How often a mood was felt since the last question. */
  felt(): number;
  stop(): Promise<void>;
}

const gone = {
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  message: "The resourceVersion for the provided watch is too old.",
  reason: "Expired",
  code: 410,
};

interface State {
  mood: Mood;
  felt: number;
  readonly watches: Set<ServerResponse>;
  readonly random: () => number;
  readonly to: { readonly port: number; readonly ca: string; readonly agent: Agent };
}

export async function startApiProxy(
  controlPlane: ControlPlane,
  random: () => number,
): Promise<ApiProxy> {
  const read = (name: string) => readFileSync(join(controlPlane.dir, name), "utf8");
  const authority = loadAuthority({ cert: read("ca.crt"), key: read("ca.key") });
  const state: State = {
    mood: {},
    felt: 0,
    watches: new Set(),
    random,
    to: {
      port: Number(new URL(controlPlane.url).port),
      ca: controlPlane.ca,
      agent: new Agent({ keepAlive: true }),
    },
  };
  const sockets = new Set<Socket>();
  const server = createServer(authority.server(["localhost"], ["127.0.0.1"]), (asked, answer) => {
    serve(state, asked, answer);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    be: mood => (state.mood = mood),
    cutWatches: () => {
      const open = [...state.watches];
      for (const answer of open) answer.destroy();
      return open.length;
    },
    felt: () => {
      const { felt } = state;
      state.felt = 0;
      return felt;
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        state.to.agent.destroy();
      }),
  };
}

function serve(state: State, asked: IncomingMessage, answer: ServerResponse): void {
  const isWatch = asked.url?.includes("watch=") === true;
  const fate = fateOf(state, isWatch);
  if (fate !== "passed") state.felt++;
  if (fate === "refused") refuse(asked, answer, state.mood.refuse?.status);
  else if (fate === "gone") tellGone(answer);
  else {
    if (isWatch) remember(state, answer);
    setTimeout(() => pass(state, asked, answer, fate === "lost"), state.mood.delayMs);
  }
}

function fateOf({ mood, random }: State, isWatch: boolean) {
  if (random() < (mood.refuse?.share ?? 0)) return "refused";
  if (isWatch) return mood.watchesAreGone === true ? "gone" : "passed";
  return random() < (mood.loseAnswers ?? 0) ? "lost" : "passed";
}

function tellGone(answer: ServerResponse): void {
  answer.writeHead(200, { "content-type": "application/json" });
  answer.end(`${JSON.stringify({ type: "ERROR", object: gone })}\n`);
}

function remember({ watches }: State, answer: ServerResponse): void {
  watches.add(answer);
  answer.on("close", () => watches.delete(answer));
}

function refuse(asked: IncomingMessage, answer: ServerResponse, status = 500): void {
  asked.resume();
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", code: status };
  const later = status === 429 ? { "retry-after": "1" } : {};
  answer.writeHead(status, { "content-type": "application/json", ...later });
  answer.end(JSON.stringify({ ...body, message: "this is only a test" }));
}

function pass(
  { to }: State,
  asked: IncomingMessage,
  answer: ServerResponse,
  isLost: boolean,
): void {
  const { method, url, headers } = asked;
  const options = { ...to, host: "127.0.0.1", method, path: url, headers };
  const onward = forward(options, answered => {
    if (isLost) {
      answered.resume();
      answered.on("end", () => answer.destroy());
      return;
    }
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    // a watch begins with its headers: whoever waits for them must not wait for the first event
    answer.flushHeaders();
    answered.pipe(answer);
    answered.on("error", () => answer.destroy());
  });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  asked.pipe(onward);
}
