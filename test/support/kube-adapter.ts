/** The kube adapter as the watcher has it, over the control plane of the test run. */
import { afterAll } from "vitest";
import {
  createKube,
  createKubeStream,
  type Kube,
  type KubeStream,
} from "../../src/adapters/kube/client";
import type { Credentials } from "../../src/adapters/kube/credentials";
import { createWire } from "../../src/adapters/kube/wire";
import type { Access } from "../../src/local/access";

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
