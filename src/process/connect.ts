/** The way to the API server, over connections that everybody in the process shares. */
import { createKube, createKubeStream } from "../adapters/kube/client";
import { loadCredentials } from "../adapters/kube/credentials";
import { createWire } from "../adapters/kube/wire";

/** Requests, and streams of watches. */
export async function connect() {
  const credentials = await loadCredentials(() => performance.now());
  const wire = createWire(credentials);
  return { kube: createKube(wire, credentials), stream: createKubeStream(wire, credentials) };
}
