/** What every Cluster promises about deleting. */
import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import { plan } from "../../src/core/sync/plan";
import type { Live } from "../../src/model/live";
import type { Desired, Metadata } from "../../src/model/manifest";
import { ownerMarks, type OwnerMarks } from "../../src/model/ownership";
import type { Removal } from "../../src/model/removal";
import { planningFor } from "../support/examples";
import { carryOut, first, wantAll, type ClusterWorld } from "./cluster-world";

const COMMIT = "1".repeat(40);
const signal = () => new AbortController().signal;

/** A part of the suite for Cluster. */
export function describeRemoval(open: () => ClusterWorld): void {
  describe("remove", () => {
    let world: ClusterWorld;
    let namespace: string;
    let marks: OwnerMarks;
    beforeEach(async () => {
      world = open();
      namespace = await world.createNamespace();
      marks = ownerMarks({ namespace, name: "app" }, sha256);
    });

    const ref = () => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name: "a" });
    const configMap = (metadata: Partial<Metadata> = {}, value = "1") => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { ...metadata, name: "a", namespace },
      data: { value },
    });
    const look = async (sought: Desired): Promise<Live> => {
      const query = { labels: {}, kinds: [], sought: [sought], namespaces: [] };
      const { objects } = await world.cluster.observe(query, signal());
      return first([...objects.values()]).live;
    };
    /** A ConfigMap of ours that is in, as it is to be deleted. */
    const create = async (metadata: Partial<Metadata> = {}): Promise<Removal> => {
      const desired = first(await wantAll(world.cluster, [configMap(metadata)], marks));
      const planning = planningFor(marks.fieldManager, COMMIT);
      await carryOut(world.cluster, plan([{ action: "create", desired }], planning));
      const { key, kind } = desired;
      return { key, kind, on: await look(desired), account: undefined };
    };
    const remove = (removal: Removal) => world.cluster.remove(removal, signal());

    it("an object as it was decided on: removed, and gone; once more: removed", async () => {
      const removal = await create();
      expect(await remove(removal)).toEqual({ result: "removed", removal });
      expect(await world.read(ref())).toBeUndefined();
      expect(await remove(removal)).toEqual({ result: "removed", removal });
    });

    it("with a finalizer: terminating, and there until whoever put it takes it off", async () => {
      const removal = await create({ finalizers: ["example.com/hold"] });
      expect(await remove(removal)).toEqual({ result: "terminating", removal });
      expect(await world.read(ref())).toBeDefined();
    });

    it("changed since: stale, and left alone", async () => {
      const removal = await create();
      await world.apply(configMap({ labels: { hand: "1" } }), "hand");
      expect(await remove(removal)).toEqual({ result: "stale", removal });
      expect(await world.read(ref())).toBeDefined();
    });

    it("deleted and made anew since: stale, and left alone", async () => {
      const removal = await create();
      await world.delete(ref());
      await world.apply(configMap(), "hand");
      expect(await remove(removal)).toEqual({ result: "stale", removal });
      expect(await world.read(ref())).toBeDefined();
    });

    it("of a kind that nobody serves any more: failed, since that says nothing of the object", async () => {
      const removal = await create();
      const kind = { ...removal.kind, apiVersion: "gone.example.com/v1", plural: "gones" };
      const fault = { code: "kind-not-found" };
      expect(await remove({ ...removal, kind })).toMatchObject({ result: "failed", fault });
      expect(await world.read(ref())).toBeDefined();
    });

    it("aborted: rejects with the reason, and nothing is deleted", async () => {
      const removal = await create();
      const reason = new Error("enough");
      await expect(world.cluster.remove(removal, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await world.read(ref())).toBeDefined();
    });
  });
}
