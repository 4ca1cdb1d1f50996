/** Opens a port, and tries again for as long as somebody else has it: webhooks are worth waiting for, not dying for. */
import type { Server } from "node:http";
import type { Log } from "../../ports";

const AGAIN_MS = 3_000;

/** Never throws; the timer does not keep the process alive. */
export function keepListening(server: Server, port: number, log: Log): void {
  server.on("listening", () => log.info({ port }, "HTTP port is open"));
  server.on("error", error => {
    const code = "code" in error ? String(error.code) : error.name;
    log.warn({ port, error: code }, "HTTP port cannot be opened, will try again");
    const timer = setTimeout(() => server.listen(port), AGAIN_MS).unref();
    server.once("close", () => clearTimeout(timer));
  });
  server.listen(port);
}
