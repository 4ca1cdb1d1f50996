/** A Git server for one test file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import {
  createGitConnections,
  type GitConnecting,
  type GitConnections,
} from "../../src/adapters/git/connections";
import { startGitServer, type GitServer } from "../../src/local/git-server";

/** Starts a server before the file's tests and stops it after them; call the result for the server. */
export function useGitServer(): () => GitServer {
  let directory = "";
  let server: GitServer | undefined;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "nopea-git-"));
    server = await startGitServer(directory);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  return () => {
    if (server === undefined) throw new Error("the Git server runs only while tests run");
    return server;
  };
}

/** Connections to it, closed after the file's tests. */
export function useGitConnections(more: Partial<GitConnecting> = {}): GitConnections {
  const policy = { allowPrivate: false, allowLoopback: true };
  const connections = createGitConnections({ policy: () => policy, ...more });
  afterAll(() => connections.destroy());
  return connections;
}
