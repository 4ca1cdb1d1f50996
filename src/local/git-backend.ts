/** One HTTP request answered by `git http-backend`, Git's own CGI program. */
import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gitEnvironment } from "./git-repository";

const headerLimit = 64 * 1024;

export interface Exchange {
  readonly incoming: IncomingMessage;
  /** The request's body. */
  readonly body: Readable;
  readonly answer: ServerResponse;
}

/** Hands the request over and streams the answer back; a client that leaves ends the program. */
export async function runBackend(
  directory: string,
  { incoming, body, answer }: Exchange,
): Promise<void> {
  const backend = spawn("git", ["http-backend"], {
    env: { ...gitEnvironment(), ...cgiEnvironment(directory, incoming) },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const failed = new Promise<never>((_resolve, reject) => backend.once("error", reject));
  answer.once("close", () => backend.kill());
  // A program that has read enough closes its end of the pipe: no error of ours.
  pipeline(body, backend.stdin).catch(() => undefined);
  const { head, rest } = await Promise.race([readHead(backend.stdout), failed]);
  answer.writeHead(...parseHead(head));
  answer.write(rest);
  await pipeline(backend.stdout, answer).catch(() => undefined);
}

function cgiEnvironment(directory: string, incoming: IncomingMessage): NodeJS.ProcessEnv {
  const [path = "/", query = ""] = (incoming.url ?? "/").split("?");
  const header = (name: string) => {
    const value = incoming.headers[name];
    return typeof value === "string" ? value : "";
  };
  return {
    GIT_PROJECT_ROOT: directory,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_PROTOCOL: header("git-protocol"),
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    REQUEST_METHOD: incoming.method ?? "GET",
    CONTENT_TYPE: header("content-type"),
    CONTENT_LENGTH: header("content-length"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_USER: "local",
  };
}

/** Reads up to the empty line; leaves the stream paused behind it. */
function readHead(stdout: Readable): Promise<{ head: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const onEnd = () => reject(new Error("git http-backend ended without an answer"));
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf("\r\n\r\n");
      if (end === -1 && read.length < headerLimit) return;
      stdout.pause();
      stdout.off("data", onData);
      stdout.off("end", onEnd);
      resolve({ head: read.toString("latin1", 0, end), rest: read.subarray(end + 4) });
    };
    stdout.on("data", onData);
    stdout.once("end", onEnd);
  });
}

function parseHead(head: string): [number, Record<string, string>] {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = parseInt(value, 10);
    else headers[name] = value;
  }
  return [status, headers];
}
