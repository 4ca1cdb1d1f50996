/** The kube adapter as the watcher has it, over the control plane of the test run. */
import { afterAll } from "vitest";
import {
  createKube,
  createKubeStream,
  type Kube,
  type KubeStream,
} from "../../src/adapters/kube/client";
import { createCluster } from "../../src/adapters/kube/cluster";
import type { Credentials } from "../../src/adapters/kube/credentials";
import { createWire } from "../../src/adapters/kube/wire";
import type { Access } from "../../src/local/access";
import type { Cluster } from "../../src/ports";

/** Closed after the file's tests. */
export function connect(access: Access): Kube {
  return connectStream(access).kube;
}

/** With streams; closed after the file's tests. */
export function connectStream({ url, ca, cert, key, token }: Access): {
  readonly kube: Kube;
  readonly stream: KubeStream;
} {
  const credentials: Credentials = {
    origin: url,
    basePath: "",
    tls: { ca, cert, key },
    authorization: () => Promise.resolve(token === undefined ? undefined : `Bearer ${token}`),
  };
  const wire = createWire(credentials);
  afterAll(() => wire.close());
  return { kube: createKube(wire, credentials), stream: createKubeStream(wire, credentials) };
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The whole of it; its watches end after the file's tests. */
export function connectCluster(access: Access): Cluster {
  const connection = connectStream(access);
  const life = new AbortController();
  afterAll(() => life.abort());
  return createCluster({ ...connection, log: SILENT, life: life.signal });
}
