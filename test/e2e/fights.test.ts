/** Who undoes what nopea heals, rewrites what it applies, or refuses it: seen, named, and never an endless race. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import type { RepositoryStatus } from "../../src/model/git-repository";
import { startAdmissionWebhook } from "../support/admission-webhook";
import { eventually, KubeError, uniqueSuffix } from "../support/cluster";
import { closedRecords, edit, recordsOf, recordsWhen } from "../support/hands";
import { record } from "../support/recorder";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const refOf = ({ namespace }: App, name = "a") => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace,
  name,
});
// a program: a person's edits would have a record each
const rivals = world.cluster.as("system:serviceaccount:team:rival", ["system:masters"]);
const write = (app: App, value: string, name = "a", by = admin) =>
  edit(by, refOf(app, name), { manager: "kubectl-edit", body: { data: { value } } });

const driftOf = (status: RepositoryStatus | undefined) =>
  conditionOf(status, "Drifted")?.message ?? "";

/** Writes of ConfigMaps by nopea in the app's namespace. */
const writesOf = async (app: App, mark: number) =>
  (await world.writes(mark)).filter(
    ({ namespace, resource }) => namespace === app.namespace && resource === "configmaps",
  );

describe.concurrent("another client that rewrites a field at every heal", () => {
  it("healed at once five times, then ever more rarely; the condition names the object; others are healed at once", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
    });
    await app.synced();
    const maps = await record<ConfigMap>(admin, "v1", "ConfigMap", { namespace: app.namespace });
    const healed = () =>
      maps.events.filter(
        ({ object: { metadata, data } }) => metadata.name === "a" && data?.value === "1",
      );
    const rival = async (stopAt: number) => {
      for (let answered = -1; performance.now() < stopAt; ) {
        await sleep(20);
        const count = healed().length;
        if (count === answered) continue;
        answered = count;
        await write(app, `rival-${count}`, "a", rivals);
      }
    };
    const racing = rival(performance.now() + 22_000);
    const fifth = (await eventually(() => healed()[4], 8_000)).at;
    const { status } = await app.until(
      now => driftOf(now).includes("times in ten minutes"),
      10_000,
    );
    expect(driftOf(status)).toContain(`ConfigMap/${app.namespace}/a`);
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    // an earlier version of it, of the heal before, has no deadline
    const open = await eventually(async () => {
      const [found, ...others] = await recordsWhen(admin, app.namespace, {
        count: 1,
        state: "open",
      });
      expect(others).toEqual([]);
      expect(found.status.decision).toBe("waiting");
      expect(found.status.until).toBeDefined();
      return found;
    }, 10_000);
    expect(open.status.repeats).toBeGreaterThanOrEqual(4);

    await write(app, "2", "b");
    await app.holds("b", "1");
    await racing;
    // 10 s after the fifth, and 20 s after that
    const later = healed().slice(5);
    expect(later).toHaveLength(1);
    for (const { at } of later) expect(at - fifth).toBeGreaterThanOrEqual(9_000);

    // Git's own change does not wait for the pause
    await app.synced(await app.push({ "a.yaml": configMap("a", "3") }));
    expect(await app.data("a")).toEqual({ value: "3" });
    await maps.stop();
  });
});

describe.concurrent("a mutating webhook that rewrites what is applied", () => {
  it("in sync after one apply, and calm; a commit is applied once; an edit is healed to what the webhook makes", async () => {
    const namespace = await world.cluster.createNamespace("rewritten");
    const webhook = await startAdmissionWebhook(
      admin,
      { namespace, resource: "configmaps" },
      ({ metadata }) =>
        metadata.name === "a"
          ? [{ op: "add", path: "/data/value", value: "the webhook's" }]
          : [{ op: "add", path: "/data/added", value: "x" }],
    );
    try {
      const mark = await world.mark();
      const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
      const app = await world.app({ namespace, files, spec: { interval: "1s" } });
      await app.synced();
      await sleep(5_000);
      expect(await app.data("a")).toEqual({ value: "the webhook's" });
      expect(await app.data("b")).toEqual({ value: "1", added: "x" });
      expect(await writesOf(app, mark)).toHaveLength(2);
      expect(await recordsOf(admin, namespace)).toEqual([]);
      expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });

      const second = await world.mark();
      await app.synced(await app.push({ "a.yaml": configMap("a", "2") }));
      await sleep(3_000);
      expect(await writesOf(app, second)).toHaveLength(1);
      expect(await recordsOf(admin, namespace)).toEqual([]);

      await write(app, "2", "b");
      await closedRecords(admin, namespace);
      expect(await app.data("b")).toEqual({ value: "1", added: "x" });
    } finally {
      await webhook.stop();
    }
  });
});

const admission = "admissionregistration.k8s.io/v1";
const policy = `no-heals-${uniqueSuffix()}.example`;

/** Nobody may set a ConfigMap of the namespace to 1. */
async function forbid(namespace: string): Promise<() => Promise<void>> {
  const kinds = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"] as const;
  await admin.create({
    apiVersion: admission,
    kind: kinds[0],
    metadata: { name: policy },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["UPDATE"],
            resources: ["configmaps"],
          },
        ],
      },
      validations: [{ expression: "object.data.value != '1'", message: "no heals today" }],
    },
  });
  await admin.create({
    apiVersion: admission,
    kind: kinds[1],
    metadata: { name: policy },
    spec: { policyName: policy, validationActions: ["Deny"] },
  });
  return async () => {
    for (const kind of kinds) await admin.delete({ apiVersion: admission, kind, name: policy });
  };
}

const hasPolicies = async () => (await world.cluster.minorVersion()) >= 30;

describe.concurrent("a heal that admission refuses", () => {
  it("failed, with the refusal, tried again ever more rarely; healed once it is allowed", async context => {
    if (!(await hasPolicies())) return context.skip();
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const allow = await forbid(app.namespace);
    try {
      // the policy counts a moment after it was made
      await eventually(async () => {
        const refused = await write(app, "1", "a").then(
          () => false,
          (error: unknown) => error instanceof KubeError && error.status === 422,
        );
        return refused;
      }, 20_000);
      const mark = await world.mark();
      await write(app, "2");
      const [open] = await eventually(async () => {
        const records = await recordsOf(admin, app.namespace);
        return records.some(({ status }) => status.decision === "failed") && records;
      }, 20_000);
      expect(open?.status).toMatchObject({ state: "open", class: "manual_drift" });
      expect(open?.status.reason).toContain("no heals today");
      const { status } = await app.until(now =>
        (now.drift ?? []).some(({ decision }) => decision === "failed"),
      );
      expect(status).toMatchObject({ driftCount: 1 });
      await sleep(8_000);
      const tries = await writesOf(app, mark);
      expect(tries.length).toBeGreaterThanOrEqual(2);
      expect(tries.length).toBeLessThanOrEqual(8);
      expect(await recordsOf(admin, app.namespace)).toHaveLength(1);
      expect(await app.data("a")).toEqual({ value: "2" });
    } finally {
      await allow();
    }
    await app.holds("a", "1", 40_000);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.decision).toBe("healed");
    await app.until(({ driftCount, phase }) => driftCount === 0 && phase === "Synced");
  });
});
