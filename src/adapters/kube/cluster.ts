/** The cluster port on a real API server. */
import type { Cluster } from "../../ports";
import { createDiscovery } from "./discovery";
import { execute } from "./execute";
import { createFollowing, type FollowingOptions } from "./follow";
import { observe } from "./observe";
import { rehearse } from "./rehearse";
import { remove } from "./remove";
import { isUninstalled, setFinalizer, takeConfirmation } from "./repository-metadata";
import { createRights } from "./rights";
import { repositoryNames, writeStatus } from "./repositories";

/** Requests go through `kube`, and so through one pool of connections; watches go on until the end of `life`. */
export function createCluster(options: FollowingOptions): Cluster {
  const { kube } = options;
  const discovery = createDiscovery(kube);
  const rights = createRights(kube);
  const following = createFollowing(options);
  return {
    kinds: (wanted, signal) => discovery.find(wanted, signal),
    observe: (query, signal) => observe(kube, query, signal),
    follow: (follower, kinds, signal) => following.follow(follower, kinds, signal),
    unfollow: follower => following.unfollow(follower),
    forbidden: (account, desired, signal) => rights.forbidden(account, desired, signal),
    rehearse: (rehearsal, signal) => rehearse(kube, rehearsal, signal),
    execute: (plan, told, signal) => execute({ kube, discovery }, plan, told, signal),
    remove: (removal, signal) => remove({ kube, rights }, removal, signal),
    repositories: (namespace, signal) => repositoryNames(kube, namespace, signal),
    setFinalizer: (id, isWanted, signal) => setFinalizer(kube, id, isWanted, signal),
    takeConfirmation: (id, commit, signal) => takeConfirmation(kube, id, commit, signal),
    isUninstalled: signal => isUninstalled(kube, signal),
    writeStatus: (id, status, signal) => writeStatus(kube, id, status, signal),
  };
}
