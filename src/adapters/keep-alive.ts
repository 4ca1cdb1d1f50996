/** Lets the API server keep its connections to Pepr's HTTPS server. */
import https from "node:https";

/** Longer than the 90 s after which a Go client drops an idle connection: the server must not be the first. */
const KEEP_ALIVE_MS = 95_000;

/** Pepr offers no way to its server: every server made from now on gets the longer time. */
export function keepConnectionsAlive(): void {
  const { createServer } = https;
  https.createServer = ((...args: Parameters<typeof createServer>) => {
    const server = createServer(...args);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = KEEP_ALIVE_MS + 5_000;
    return server;
  }) as typeof createServer;
}
