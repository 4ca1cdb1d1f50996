/** A port that leads to another server: one that can be absent at first, or go away. */
import { connect, createServer, type Socket } from "node:net";
import { freePorts } from "../../src/local/ports";

export type Stop = () => Promise<void>;

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Leads a loopback port to the server at the URL until stopped. */
export async function forward(port: number, url: string): Promise<Stop> {
  const sockets = new Set<Socket>();
  const server = createServer(incoming => {
    const outgoing = connect(Number(new URL(url).port), "127.0.0.1");
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>(resolve => server.listen(port, "127.0.0.1", resolve));
  return () =>
    new Promise(resolve => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}
