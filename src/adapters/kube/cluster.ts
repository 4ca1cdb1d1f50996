/** The cluster port on a real API server. */
import type { Cluster } from "../../ports";
import type { Kube } from "./client";
import { createDiscovery } from "./discovery";
import { execute } from "./execute";
import { observe } from "./observe";
import { repositoryNames, writeStatus } from "./repositories";

/** Everything goes through `kube`, and so through one pool of connections. */
export function createCluster(kube: Kube): Cluster {
  const discovery = createDiscovery(kube);
  return {
    kinds: (wanted, signal) => discovery.find(wanted, signal),
    observe: (query, signal) => observe(kube, query, signal),
    execute: (plan, signal) => execute(kube, discovery, plan, signal),
    repositories: (namespace, signal) => repositoryNames(kube, namespace, signal),
    writeStatus: (id, status, signal) => writeStatus(kube, id, status, signal),
  };
}
