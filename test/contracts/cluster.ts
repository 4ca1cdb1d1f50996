/** What every Cluster promises, as tests: run on the real one and on the fake. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import { plan } from "../../src/core/sync/plan";
import { NopeaError } from "../../src/model/errors";
import type { Live } from "../../src/model/live";
import type { Desired, Manifest } from "../../src/model/manifest";
import { formatKey } from "../../src/model/object-key";
import type { StepOutcome } from "../../src/model/outcome";
import { ownerMarks, type OwnerMarks } from "../../src/model/ownership";
import type { Writing } from "../../src/model/verdict";
import type { ObserveQuery } from "../../src/ports";
import { adopt, planningFor, update } from "../support/examples";
import { describeRemoval } from "./cluster-removal";
import { definitionOf } from "../support/widgets";
import { describeRepositories } from "./cluster-repositories";
import { describeFollowing } from "./cluster-follow";
import { carryOut, first, wantAll, type ClusterWorld, type Ref } from "./cluster-world";

const COMMIT = "1".repeat(40);
const signal = () => new AbortController().signal;

/** The suite: `open` makes a cluster; names in it are different at each run. */
export function describeCluster(name: string, open: () => Promise<ClusterWorld>): void {
  describe(`${name} keeps the promise of Cluster`, () => {
    let world: ClusterWorld;
    let namespace: string;
    let marks: OwnerMarks;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      namespace = await world.createNamespace();
      marks = ownerMarks({ namespace, name: "app" }, sha256);
    });

    const configMap = (name: string, data: Readonly<Record<string, string>> = {}): Manifest => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data,
    });
    const refOf = ({ apiVersion, kind, metadata }: Manifest): Ref => ({
      apiVersion,
      kind,
      ...metadata,
    });
    const want = (manifests: readonly Manifest[], by = marks) =>
      wantAll(world.cluster, manifests, by);
    const wantOne = async (manifest: Manifest, by = marks): Promise<Desired> =>
      first(await want([manifest], by));
    const execute = (verdicts: readonly Writing[], by = marks, until = signal()) =>
      carryOut(world.cluster, plan(verdicts, planningFor(by.fieldManager, COMMIT)), until);
    const write = async (verdict: Writing, by = marks): Promise<StepOutcome> =>
      first(await execute([verdict], by));
    const observe = (query: Partial<ObserveQuery>) =>
      world.cluster.observe(
        { labels: marks.labels, kinds: [], sought: [], namespaces: [], ...query },
        signal(),
      );
    const look = async (desired: Desired): Promise<Live> => {
      const { objects } = await observe({ sought: [desired] });
      return first([...objects.values()]).live;
    };
    /** A ConfigMap of ours that is in the cluster. */
    const create = async (data: Readonly<Record<string, string>> = { k: "1" }) => {
      const desired = await wantOne(configMap("a", data));
      expect(await write({ action: "create", desired })).toMatchObject({ result: "applied" });
      return { desired, live: await look(desired) };
    };
    const dataOf = async (name = "a") => (await world.read(refOf(configMap(name))))?.data;

    describe("kinds", () => {
      it("kinds that are served: plural and scope; kinds and groups that are not: missing", async () => {
        const wanted = [
          { apiVersion: "v1", kind: "ConfigMap" },
          { apiVersion: "apps/v1", kind: "Deployment" },
          { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
          { apiVersion: "v1", kind: "Confusion" },
          { apiVersion: "nobody.example.com/v1", kind: "Nothing" },
        ];
        const { served, unavailable } = await world.cluster.kinds(wanted, signal());
        expect(Object.fromEntries(served)).toMatchObject({
          "v1/ConfigMap": { plural: "configmaps", namespaced: true },
          "apps/v1/Deployment": { plural: "deployments", namespaced: true },
          "rbac.authorization.k8s.io/v1/ClusterRole": { plural: "clusterroles", namespaced: false },
        });
        expect(served.size).toBe(3);
        expect([...unavailable]).toEqual([]);
      });
    });

    describe("observe", () => {
      it("nothing there: nothing, and each namespace is active or missing", async () => {
        const desired = await wantOne(configMap("a"));
        const missing = `${namespace}-missing`;
        const namespaces = [namespace, missing];
        const seen = await observe({ kinds: [desired.kind], sought: [desired], namespaces });
        expect(seen.objects.size).toBe(0);
        expect([...seen.namespaces]).toEqual([
          [namespace, "active"],
          [missing, "missing"],
        ]);
      });

      it("an object of ours: found by its labels, with all that a decision needs", async () => {
        const { desired } = await create();
        const { objects } = await observe({ kinds: [desired.kind] });
        expect([...objects]).toMatchObject([
          [
            `ConfigMap/${namespace}/a`,
            {
              live: {
                key: desired.key,
                labels: marks.labels,
                annotations: { "nopea.io/applied": `v1:${desired.digest}@${COMMIT}` },
                managers: [{ manager: marks.fieldManager, operation: "Apply" }],
                terminating: false,
              },
              object: { apiVersion: "v1", kind: "ConfigMap", data: { k: "1" } },
            },
          ],
        ]);
        const { live } = first([...objects.values()]);
        expect(live.uid).not.toBe("");
        expect(live.resourceVersion).not.toBe("");
      });

      it("somebody else's objects: found where they are sought, whether few or many, others are not", async () => {
        const names = ["a", "b", "c", "d", "e", "f"];
        for (const name of [...names, "not-sought"]) {
          await world.apply(configMap(name, { k: "1" }), "hand");
        }
        const all = await want([...names, "absent"].map(name => configMap(name)));
        const kinds = all.slice(0, 1).map(({ kind }) => kind);
        for (const sought of [all, all.slice(0, 1), all.slice(5)]) {
          const { objects } = await observe({ kinds, sought });
          const there = sought.filter(({ key }) => key.name !== "absent");
          expect([...objects.keys()].sort()).toEqual(there.map(({ key }) => formatKey(key)));
          expect([...objects.values()][0]).toMatchObject({
            live: { managers: [{ manager: "hand", operation: "Apply" }] },
            object: { apiVersion: "v1", kind: "ConfigMap", data: { k: "1" } },
          });
        }
      });

      it("being deleted: said of the object, and of its namespace", async () => {
        const { desired } = await create();
        await world.terminate(refOf(configMap("a")));
        expect(await look(desired)).toMatchObject({ terminating: true });
        await world.terminate({ apiVersion: "v1", kind: "Namespace", name: namespace });
        const seen = await observe({ namespaces: [namespace] });
        expect(seen.namespaces.get(namespace)).toBe("terminating");
      });

      it("a kind that is not served any more: nothing of it, and no failure", async () => {
        const kind = {
          apiVersion: "gone.example.com/v1",
          kind: "Gone",
          plural: "gones",
          namespaced: true,
        };
        const desired = { ...(await wantOne(configMap("a"))), kind };
        expect((await observe({ kinds: [kind], sought: [desired] })).objects.size).toBe(0);
      });
    });

    describe("execute", () => {
      it("a new object: created, marked, and owned by our manager", async () => {
        const desired = await wantOne(configMap("a", { k: "1" }));
        expect(await write({ action: "create", desired })).toMatchObject({
          result: "applied",
          desired,
          created: true,
          changed: true,
          sighting: { live: { key: desired.key }, object: { data: { k: "1" } } },
        });
        expect(await dataOf()).toEqual({ k: "1" });
      });

      it("the same once more: applied, not changed, the same version", async () => {
        const { desired, live } = await create();
        const outcome = await write(update({ desired, live }));
        const sighting = { live, object: { data: { k: "1" } } };
        expect(outcome).toMatchObject({
          result: "applied",
          desired,
          created: false,
          changed: false,
          sighting,
        });
        expect((await look(desired)).resourceVersion).toBe(live.resourceVersion);
      });

      it("new content: changed, and what it no longer declares is gone", async () => {
        const { live } = await create({ k: "1", old: "x" });
        const desired = await wantOne(configMap("a", { k: "2" }));
        expect(await write(update({ desired, live }))).toMatchObject({
          result: "applied",
          created: false,
          changed: true,
        });
        expect(await dataOf()).toEqual({ k: "2" });
      });

      it("an object that was changed since: stale, nothing is written", async () => {
        const { live } = await create();
        await world.apply(configMap("a", { hand: "1" }), "hand");
        const desired = await wantOne(configMap("a", { k: "2" }));
        expect(await write(update({ desired, live }))).toEqual({
          result: "stale",
          desired,
        });
        expect(await dataOf()).toEqual({ k: "1", hand: "1" });
      });

      it("an object that was deleted since: stale, and not made anew", async () => {
        const { desired, live } = await create();
        await world.delete(refOf(configMap("a")));
        expect(await write(update({ desired, live }))).toEqual({
          result: "stale",
          desired,
        });
        expect(await dataOf()).toBeUndefined();
      });

      it("an object that was deleted and made anew since: stale, and left alone", async () => {
        const { desired, live } = await create();
        await world.delete(refOf(configMap("a")));
        await world.apply(configMap("a", { hand: "1" }), "hand");
        expect(await write(update({ desired, live }))).toEqual({
          result: "stale",
          desired,
        });
        const { resourceVersion } = await look(desired);
        const disguised = { ...live, resourceVersion };
        expect(await write(update({ desired, live: disguised }))).not.toMatchObject({
          result: "applied",
        });
        expect(await dataOf()).toEqual({ hand: "1" });
      });

      it("fields of others, unforced: contested, each of them named once, nothing is written", async () => {
        await world.apply(configMap("a", { k: "0", l: "0" }), 'one "quoted" hand');
        await world.apply(configMap("a", { m: "0" }), "another hand");
        const desired = await wantOne(configMap("a", { k: "1", l: "1", m: "1" }));
        const outcome = await write({ action: "create", desired });
        expect(outcome).toMatchObject({ result: "contested" });
        const managers = "managers" in outcome ? [...outcome.managers].sort() : [];
        expect(managers).toEqual(["another hand", 'one "quoted" hand']);
        expect(await dataOf()).toEqual({ k: "0", l: "0", m: "0" });
      });

      it("fields of others, forced: taken, the rest of the object stays", async () => {
        await world.apply(configMap("a", { k: "0", rest: "x" }), "hand");
        const desired = await wantOne(configMap("a", { k: "1" }));
        const live = await look(desired);
        expect(await write(adopt({ desired, live }))).toMatchObject({
          result: "applied",
          created: false,
          changed: true,
        });
        expect(await dataOf()).toEqual({ k: "1", rest: "x" });
      });

      it("another repository's object, unforced: contested, its manager is named", async () => {
        await create({ k: "1" });
        const other = ownerMarks({ namespace, name: "other" }, sha256);
        const desired = await wantOne(configMap("a", { k: "1" }), other);
        expect(await write({ action: "create", desired }, other)).toEqual({
          result: "contested",
          desired,
          managers: [marks.fieldManager],
        });
      });

      it("another repository's object, taken over: the owner of before stays among the managers", async () => {
        const { live } = await create({ k: "1" });
        const other = ownerMarks({ namespace, name: "other" }, sha256);
        const desired = await wantOne(configMap("a", { k: "1" }), other);
        await write(adopt({ desired, live }), other);
        const { labels, managers } = await look(desired);
        expect(labels).toMatchObject(other.labels);
        expect(managers.map(({ manager }) => manager).sort()).toEqual(
          [marks.fieldManager, other.fieldManager].sort(),
        );
      });

      it("a namespace that does not exist: namespace-not-found, and the other objects are applied", async () => {
        const lost = {
          ...configMap("lost"),
          metadata: { name: "lost", namespace: `${namespace}-x` },
        };
        const desired = await want([lost, configMap("a")]);
        const outcomes = await execute(desired.map(one => ({ action: "create", desired: one })));
        expect(outcomes).toMatchObject([
          { result: "failed", fault: { code: "namespace-not-found" } },
          { result: "applied" },
        ]);
      });

      it("a namespace that is being deleted: object-terminating", async () => {
        await create();
        await world.terminate(refOf(configMap("a")));
        await world.terminate({ apiVersion: "v1", kind: "Namespace", name: namespace });
        const desired = await wantOne(configMap("b"));
        expect(await write({ action: "create", desired })).toMatchObject({
          result: "failed",
          fault: { code: "object-terminating" },
        });
      });

      it("a kind that nobody serves: kind-not-found", async () => {
        const kind = {
          apiVersion: "gone.example.com/v1",
          kind: "Gone",
          plural: "gones",
          namespaced: true,
        };
        const manifest = { ...configMap("a"), apiVersion: kind.apiVersion, kind: kind.kind };
        const desired = { ...(await wantOne(configMap("a"))), kind, manifest };
        expect(await write({ action: "create", desired })).toMatchObject({
          result: "failed",
          fault: { code: "kind-not-found" },
        });
      });

      it("a namespace, a definition and an object of both, in one plan: in", async () => {
        const group = `${namespace}.example.com`;
        const made = `${namespace}-made`;
        const widget = {
          apiVersion: `${group}/v1`,
          kind: "Widget",
          metadata: { name: "w", namespace: made },
          spec: { size: 1 },
        };
        const desired = await want([
          widget,
          definitionOf(group),
          { apiVersion: "v1", kind: "Namespace", metadata: { name: made } },
        ]);
        const outcomes = await execute(desired.map(one => ({ action: "create", desired: one })));
        expect(outcomes.map(outcome => [outcome.desired.key.kind, outcome.result])).toEqual([
          ["CustomResourceDefinition", "applied"],
          ["Namespace", "applied"],
          ["Widget", "applied"],
        ]);
        expect(await world.read({ ...widget, ...widget.metadata })).toMatchObject({
          spec: { size: 1 },
        });
        await world.delete({ apiVersion: "v1", kind: "Namespace", name: made });
        await world.delete({ ...refOf(definitionOf(group)) });
      });

      it("nothing to do: no outcome", async () => {
        expect(await execute([])).toEqual([]);
      });

      it.each([
        ["any error", new Error("enough")],
        ["a timeout", new NopeaError("sync-timeout", "enough")],
      ])("aborted with %s: rejects with it, nothing is written", async (_, reason) => {
        const desired = await wantOne(configMap("a"));
        const attempt = execute([{ action: "create", desired }], marks, AbortSignal.abort(reason));
        await expect(attempt).rejects.toBe(reason);
        expect(await dataOf()).toBeUndefined();
      });

      it.each([
        ["any error", new Error("enough")],
        ["a timeout", new NopeaError("sync-timeout", "enough")],
      ])("aborted with %s while it writes: rejects with it", async (_, reason) => {
        const life = new AbortController();
        const desired = await want(Array.from({ length: 5 }, (_, i) => configMap(`c${i}`)));
        const verdicts = desired.map((one): Writing => ({ action: "create", desired: one }));
        const attempt = execute(verdicts, marks, life.signal);
        await Promise.resolve();
        life.abort(reason);
        await expect(attempt).rejects.toBe(reason);
      });
    });

    describe("rehearse", () => {
      const rehearse = (manifest: Manifest, desired: Desired, live: Live, until = signal()) => {
        const { fieldManager } = marks;
        return world.cluster.rehearse(
          { desired, manifest, fieldManager, account: undefined, on: live },
          until,
        );
      };

      it("what an apply would make of it: the whole object; nothing is written", async () => {
        const { desired, live } = await create({ k: "1", old: "x" });
        await world.apply(configMap("a", { hand: "1" }), "hand");
        const now = await look(desired);
        const rehearsed = await rehearse({ ...desired.manifest, data: { k: "2" } }, desired, now);
        expect(rehearsed).toMatchObject({ metadata: { name: "a", uid: live.uid } });
        expect(rehearsed?.data).toEqual({ k: "2", hand: "1" });
        expect(await dataOf()).toEqual({ k: "1", old: "x", hand: "1" });
      });

      it("an object that has changed, or is gone: undefined", async () => {
        const { desired, live } = await create();
        await world.apply(configMap("a", { hand: "1" }), "hand");
        expect(await rehearse(desired.manifest, desired, live)).toBeUndefined();
        const now = await look(desired);
        await world.delete(refOf(configMap("a")));
        expect(await rehearse(desired.manifest, desired, now)).toBeUndefined();
        expect(await dataOf()).toBeUndefined();
      });

      it("aborted: rejects with the reason", async () => {
        const { desired, live } = await create();
        const reason = new Error("enough");
        const attempt = rehearse(desired.manifest, desired, live, AbortSignal.abort(reason));
        await expect(attempt).rejects.toBe(reason);
      });
    });

    describeRemoval(() => world);
    describeFollowing(() => world);
    describeRepositories(() => world);
  });
}
