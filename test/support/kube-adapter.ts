/** The kube adapter as the watcher has it, over the control plane of the test run. */
import { afterAll } from "vitest";
import { createKube, type Kube } from "../../src/adapters/kube/client";
import type { Credentials } from "../../src/adapters/kube/credentials";
import { createWire } from "../../src/adapters/kube/wire";
import type { Access } from "../../src/local/access";

/** Closed after the file's tests. */
export function connect({ url, ca, cert, key, token }: Access): Kube {
  const credentials: Credentials = {
    origin: url,
    basePath: "",
    tls: { ca, cert, key },
    authorization: () => Promise.resolve(token === undefined ? undefined : `Bearer ${token}`),
  };
  const wire = createWire(credentials);
  afterAll(() => wire.close());
  return createKube(wire, credentials);
}
