/** What every Cluster promises to those who follow live objects. */
import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import type { Sighting } from "../../src/model/live";
import type { KindInfo, Manifest } from "../../src/model/manifest";
import { ownerMarks, type OwnerMarks } from "../../src/model/ownership";
import type { Follower } from "../../src/ports";
import { eventually } from "../support/cluster";
import type { ClusterWorld } from "./cluster-world";

const CONFIG_MAPS: KindInfo = {
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};
const SECRETS: KindInfo = { ...CONFIG_MAPS, kind: "Secret", plural: "secrets" };
const GONE: KindInfo = {
  apiVersion: "gone.example.com/v1",
  kind: "Gone",
  plural: "gones",
  namespaced: true,
};
const signal = () => new AbortController().signal;

/** A part of the suite for Cluster. */
export function describeFollowing(open: () => ClusterWorld): void {
  describe("following", () => {
    let world: ClusterWorld;
    let namespace: string;
    let marks: OwnerMarks;
    beforeEach(async () => {
      world = open();
      namespace = await world.createNamespace();
      marks = ownerMarks({ namespace, name: "app" }, sha256);
    });

    /** Somebody who writes down what they are told of this namespace, with the value of `k`. */
    const recorder = (labels = marks.labels) => {
      const told: string[] = [];
      const note = (what: string, ...sightings: readonly Sighting[]) => {
        const here = sightings.filter(({ live }) => live.key.namespace === namespace);
        const texts = here.map(({ live, object }) => {
          const { kind, data } = object as { kind: string; data: Readonly<Record<string, string>> };
          return `${kind} ${live.key.name}=${data.k ?? ""}`;
        });
        if (what === "listed" || texts.length > 0) told.push([what, ...texts].join(" "));
      };
      const follower: Follower = {
        labels,
        listed: (_, sightings) => note("listed", ...sightings),
        changed: (_, sighting) => note("changed", sighting),
        lost: (_, sighting) => note("lost", sighting),
      };
      return { told, follower };
    };
    const follow = (follower: Follower, kinds: readonly KindInfo[], until = signal()) =>
      world.cluster.follow(follower, kinds, until);
    const apply = (
      name: string,
      k: string,
      labels: Manifest["metadata"]["labels"] = marks.labels,
    ) =>
      world.apply(
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, data: { k } },
        "hand",
      );
    const remove = (name: string) =>
      world.delete({ apiVersion: "v1", kind: "ConfigMap", namespace, name });
    const toldOf = async (told: readonly string[], what: string) => {
      await eventually(() => told.includes(what) || undefined, 10_000, 5);
    };

    it("what is there: listed; created, edited and deleted: told, as whole objects", async () => {
      const { told, follower } = recorder();
      await apply("a", "1");
      expect([...(await follow(follower, [CONFIG_MAPS], signal()))]).toEqual([]);
      expect(told).toEqual(["listed ConfigMap a=1"]);
      await apply("b", "1");
      await apply("a", "2");
      await remove("b");
      await toldOf(told, "lost ConfigMap b=1");
      expect(told.slice(1)).toEqual([
        "changed ConfigMap b=1",
        "changed ConfigMap a=2",
        "lost ConfigMap b=1",
      ]);
    });

    it("its label is taken off: lost, as it was last", async () => {
      const { told, follower } = recorder();
      await apply("a", "1");
      await follow(follower, [CONFIG_MAPS]);
      await apply("a", "2", {});
      await toldOf(told, "lost ConfigMap a=1");
      await apply("a", "3");
      await toldOf(told, "changed ConfigMap a=3");
      expect(told).toEqual(["listed ConfigMap a=1", "lost ConfigMap a=1", "changed ConfigMap a=3"]);
    });

    it("what nobody labelled: not told", async () => {
      const { told, follower } = recorder();
      await follow(follower, [CONFIG_MAPS]);
      await apply("unlabelled", "1", {});
      await apply("a", "1");
      await toldOf(told, "changed ConfigMap a=1");
      expect(told).toEqual(["listed", "changed ConfigMap a=1"]);
    });

    it("two followers of a kind: each has its own listed, and is told of all changes", async () => {
      const other = ownerMarks({ namespace, name: "other" }, sha256);
      const [one, two] = [recorder(), recorder(other.labels)];
      await apply("a", "1");
      await apply("b", "1", other.labels);
      await follow(one.follower, [CONFIG_MAPS]);
      await follow(two.follower, [CONFIG_MAPS]);
      await apply("a", "2");
      await apply("b", "2", other.labels);
      for (const { told } of [one, two]) await toldOf(told, "changed ConfigMap b=2");
      const changes = ["changed ConfigMap a=2", "changed ConfigMap b=2"];
      expect(one.told).toEqual(["listed ConfigMap a=1", ...changes]);
      expect(two.told).toEqual(["listed ConfigMap b=1", ...changes]);
    });

    it("followed already: not listed again; no longer named, or unfollowed: not told", async () => {
      const [one, two, fence] = [recorder(), recorder(), recorder()];
      for (const { follower } of [one, two, fence]) await follow(follower, [CONFIG_MAPS]);
      await follow(one.follower, [CONFIG_MAPS, SECRETS]);
      expect(one.told).toEqual(["listed", "listed"]);
      await follow(one.follower, [SECRETS]);
      world.cluster.unfollow(two.follower);
      await apply("a", "1");
      await toldOf(fence.told, "changed ConfigMap a=1");
      expect([one.told, two.told]).toEqual([["listed", "listed"], ["listed"]]);
      await follow(two.follower, [CONFIG_MAPS]);
      expect(two.told).toEqual(["listed", "listed ConfigMap a=1"]);
    });

    it("a kind that nobody serves: there is nothing of it, and no fault", async () => {
      const { told, follower } = recorder();
      expect((await follow(follower, [GONE])).size).toBe(0);
      expect(told).toEqual(["listed"]);
      world.cluster.unfollow(follower);
    });

    it("aborted: rejects with the reason; the next one follows", async () => {
      const { told, follower } = recorder();
      const reason = new Error("enough");
      const attempt = follow(follower, [CONFIG_MAPS], AbortSignal.abort(reason));
      await expect(attempt).rejects.toBe(reason);
      expect(told).toEqual([]);
      await follow(follower, [CONFIG_MAPS]);
      await apply("a", "1");
      await toldOf(told, "changed ConfigMap a=1");
    });
  });
}
