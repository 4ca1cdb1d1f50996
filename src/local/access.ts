/** How one user reaches one API server, and the kubeconfig that says the same. */
import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";

export interface Access {
  readonly url: string;
  /** PEM, as are cert and key. */
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

/** Writes a kubeconfig with one context; only its owner may read it. */
export async function writeKubeconfig(path: string, access: Access): Promise<void> {
  const cluster = {
    server: access.url,
    "certificate-authority-data": base64(access.ca),
  };
  const user = {
    ...(access.cert === undefined ? {} : { "client-certificate-data": base64(access.cert) }),
    ...(access.key === undefined ? {} : { "client-key-data": base64(access.key) }),
    ...(access.token === undefined ? {} : { token: access.token }),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "nopea",
    clusters: [{ name: "nopea", cluster }],
    users: [{ name: "nopea", user }],
    contexts: [
      { name: "nopea", context: { cluster: "nopea", user: "nopea", namespace: "default" } },
    ],
  };
  await writeFile(path, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
