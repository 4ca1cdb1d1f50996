/** The cluster that kubectl would talk to. */
import { readFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node";
import type { Access } from "./access";

/** Reads what KUBECONFIG (or ~/.kube/config) says of the current context; fails where there is none. */
export async function currentAccess(): Promise<Access> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (!cluster || !user) throw new Error("no current context: set KUBECONFIG");
  const [ca = "", cert, key] = await Promise.all([
    pem(cluster.caData, cluster.caFile),
    pem(user.certData, user.certFile),
    pem(user.keyData, user.keyFile),
  ]);
  return {
    url: cluster.server,
    ca,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(user.token === undefined ? {} : { token: user.token }),
  };
}

async function pem(data?: string, file?: string): Promise<string | undefined> {
  if (data) return Buffer.from(data, "base64").toString();
  return file ? readFile(file, "utf8") : undefined;
}
