/** An HTTP server that answers what a test tells it to: for everything that no real Git server does. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RawServer {
  readonly url: string;
  /** Sockets that are open at the moment. */
  readonly sockets: () => Promise<number>;
  stop(): Promise<void>;
}

/** Serves with the handler on a free loopback port. */
export async function startRawServer(
  handler: (incoming: IncomingMessage, answer: ServerResponse) => void,
): Promise<RawServer> {
  const server = createServer(handler);
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sockets: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const ADVERTISEMENT = "application/x-git-upload-pack-advertisement";
export const RESULT = "application/x-git-upload-pack-result";

/** Git's framing: the length in four digits, then the text. */
export function line(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const length = (bytes.length + 4).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** What a server of protocol v0 says first: one branch at this commit. */
export function advertise(commit: string, branch = "main"): Buffer {
  return Buffer.concat([
    line("# service=git-upload-pack\n"),
    Buffer.from("0000"),
    line(`${commit} refs/heads/${branch}\0side-band-64k ofs-delta shallow\n`),
    Buffer.from("0000"),
  ]);
}
