/** Sets up Pepr's HTTPS server for the one who asks it, the API server. */
import https from "node:https";

/** Longer than the 90 s after which a Go client drops an idle connection: the server must not be the first. */
const KEEP_ALIVE_MS = 95_000;

/** Pepr offers no way to its server: every server made from now on is set up so. */
export function setUpPeprServer(): void {
  const { createServer } = https;
  https.createServer = ((...args: Parameters<typeof createServer>) => {
    for (const arg of args) withoutHashes(arg);
    const server = createServer(...args);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = KEEP_ALIVE_MS + 5_000;
    return server;
  }) as typeof createServer;
}

/** Pepr's listener is an Express application, which hashes each answer for caches that nobody has: an ETag. */
function withoutHashes(listener: unknown): void {
  if (isExpress(listener)) listener.disable("etag");
}

interface Express {
  disable(setting: string): unknown;
}

function isExpress(listener: unknown): listener is Express {
  return (
    typeof listener === "function" &&
    "disable" in listener &&
    typeof listener.disable === "function"
  );
}
