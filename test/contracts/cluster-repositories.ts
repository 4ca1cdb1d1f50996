/** What every Cluster promises about GitRepositories and their status. */
import { beforeEach, describe, expect, it } from "vitest";
import type { RepositoryStatus } from "../../src/model/git-repository";
import type { ClusterWorld } from "./cluster-world";

const COMMIT = "1".repeat(40);
const signal = () => new AbortController().signal;

/** A part of the suite for Cluster. */
export function describeRepositories(open: () => ClusterWorld): void {
  describe("repositories and their status", () => {
    let world: ClusterWorld;
    let namespace: string;
    beforeEach(async () => {
      world = open();
      namespace = await world.createNamespace();
    });

    const status: RepositoryStatus = {
      observedGeneration: 1,
      phase: "Synced",
      lastSyncedCommit: COMMIT,
      lastSyncTime: "2026-01-15T10:30:00Z",
      resources: { total: 1, kinds: ["v1/ConfigMap"], orphanCount: 0, orphans: [] },
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "Synced",
          message: "in",
          lastTransitionTime: "2026-01-15T10:30:00Z",
          observedGeneration: 1,
        },
      ],
    };

    it("names: those of the namespace, and of no other", async () => {
      expect(await world.cluster.repositories(namespace, signal())).toEqual([]);
      await world.createRepository(namespace, "one");
      await world.createRepository(namespace, "two");
      await world.createRepository(await world.createNamespace(), "three");
      const names = await world.cluster.repositories(namespace, signal());
      expect([...names].sort()).toEqual(["one", "two"]);
      expect(await world.cluster.repositories(`${namespace}-missing`, signal())).toEqual([]);
    });

    it("a status: stands as it was written; the next one replaces it as a whole", async () => {
      const id = await world.createRepository(namespace, "one");
      await world.cluster.writeStatus(id, { ...status, pending: [] }, signal());
      expect(await world.statusOf(id)).toEqual({ ...status, pending: [] });
      await world.cluster.writeStatus(id, status, signal());
      expect(await world.statusOf(id)).toEqual(status);
    });

    it("a repository that is gone: no failure, and it stays gone", async () => {
      const id = await world.createRepository(namespace, "one");
      await world.deleteRepository(id);
      await world.cluster.writeStatus(id, status, signal());
      expect(await world.cluster.repositories(namespace, signal())).toEqual([]);
    });

    it("a repository that was made anew: no failure, and the new one is left alone", async () => {
      const old = await world.createRepository(namespace, "one");
      await world.deleteRepository(old);
      const id = await world.createRepository(namespace, "one");
      await world.cluster.writeStatus(old, status, signal());
      expect(await world.statusOf(id)).toEqual({});
    });
  });
}
