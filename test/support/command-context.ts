/** What commands of `nopea` get, for a user of a test cluster. */
import { setMaxListeners } from "node:events";
import { createColors } from "picocolors";
import { createKube, createKubeStream } from "../../src/adapters/kube/client";
import type { Credentials } from "../../src/adapters/kube/credentials";
import { createWire } from "../../src/adapters/kube/wire";
import type { Context } from "../../src/cli/context";
import type { Access } from "../../src/local/access";

export interface CommandContext {
  readonly context: Context;
  readonly close: () => Promise<void>;
}

/** Talks to the cluster that the access is to; without colours. */
export function commandContext(access: Access, namespace: string): CommandContext {
  const url = new URL(access.url);
  const { ca, cert, key, token } = access;
  const credentials: Credentials = {
    origin: url.origin,
    basePath: "",
    tls: { ca, cert, key },
    authorization: () => Promise.resolve(token === undefined ? undefined : `Bearer ${token}`),
  };
  const wire = createWire(credentials, 8);
  const { signal } = new AbortController();
  // many requests at once wait for it
  setMaxListeners(0, signal);
  const context: Context = {
    kube: createKube(wire, credentials),
    stream: createKubeStream(wire, credentials),
    namespace,
    allNamespaces: false,
    server: access.url,
    colors: createColors(false),
    now: () => Date.now(),
    progress: () => undefined,
    signal,
  };
  return { context, close: () => wire.close() };
}
