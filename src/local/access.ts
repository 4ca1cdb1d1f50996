/** How one user reaches one API server, and the kubeconfig that says the same. */
import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";

export interface Access {
  readonly url: string;
  /** PEM, as are cert and key. */
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
  }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
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

/** Reads a kubeconfig that writeKubeconfig made. */
export async function readKubeconfig(path: string): Promise<Access> {
  const config = parse(await readFile(path, "utf8")) as Kubeconfig;
  const cluster = config.clusters[0]?.cluster;
  const user = config.users[0]?.user;
  if (cluster === undefined || user === undefined) throw new Error(`${path} is not one of ours`);
  const pem = (name: string) => {
    const data = user[name];
    return data === undefined ? undefined : Buffer.from(data, "base64").toString();
  };
  const cert = pem("client-certificate-data");
  const key = pem("client-key-data");
  return {
    url: cluster.server,
    ca: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(user.token === undefined ? {} : { token: user.token }),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
