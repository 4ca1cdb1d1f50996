/** An API server that only watches, and does what the test says to each connection. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createKube,
  createKubeStream,
  type Kube,
  type KubeStream,
} from "../../src/adapters/kube/client";
import type { Credentials } from "../../src/adapters/kube/credentials";
import { createWire } from "../../src/adapters/kube/wire";

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface WatchServer {
  readonly kube: Kube;
  readonly stream: KubeStream;
  /** Query of each watch so far. */
  readonly watches: readonly URLSearchParams[];
  /** When each watch began: milliseconds. */
  readonly times: readonly number[];
  readonly headers: readonly IncomingMessage["headers"][];
  readonly stop: () => Promise<void>;
}

/** The nth connection gets the nth answer; after the last one, connections hang. */
export async function startWatchServer(...answers: readonly Answer[]): Promise<WatchServer> {
  const watches: URLSearchParams[] = [];
  const times: number[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://server");
    if (searchParams.get("watch") !== "true") return void response.end("{}");
    times.push(performance.now());
    headers.push(request.headers);
    const answer = answers[watches.push(searchParams) - 1];
    if (answer === undefined) response.writeHead(200).flushHeaders();
    else answer(response, request);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const credentials: Credentials = {
    origin: `http://127.0.0.1:${port}`,
    basePath: "",
    tls: {},
    authorization: () => Promise.resolve("Bearer secret"),
  };
  const wire = createWire(credentials, 2);
  return {
    kube: createKube(wire, credentials),
    stream: createKubeStream(wire, credentials),
    watches,
    times,
    headers,
    async stop() {
      await wire.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** A line of a watch. */
export function eventLine(type: string, resourceVersion: string, name = "a"): string {
  return `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;
}

/** Sends these and ends well. */
export function lines(...texts: readonly string[]): Answer {
  return response => response.writeHead(200).end(texts.join(""));
}
