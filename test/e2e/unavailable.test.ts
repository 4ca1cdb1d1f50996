/** A group whose own server is away (an aggregated API): only its objects wait. */
import { afterAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually, KubeError, uniqueSuffix } from "../support/cluster";
import { conditionOf, configMap, useWorld } from "../support/world";
import { definitionOf } from "../support/widgets";

const world = useWorld();
const group = `away-${uniqueSuffix()}.example`;
const apiVersion = `${group}/v1`;

const service: KubeObject = {
  apiVersion: "apiregistration.k8s.io/v1",
  kind: "APIService",
  metadata: { name: `v1.${group}` },
  spec: {
    group,
    version: "v1",
    service: { namespace: "default", name: "there-is-none", port: 443 },
    groupPriorityMinimum: 1_000,
    versionPriority: 15,
    insecureSkipTLSVerify: true,
  },
};
const definition: KubeObject = definitionOf(group);
const refOf = ({ metadata: { name }, ...object }: KubeObject) => ({ ...object, name });

/** What the API server answers for the group version. */
function statusOfGroup(): Promise<number> {
  return world.cluster.admin.call({ method: "GET", path: `/apis/${apiVersion}` }).then(
    () => 200,
    (error: unknown) => (error instanceof KubeError ? error.status : 0),
  );
}

async function untilGroupAnswers(status: number): Promise<void> {
  await eventually(async () => {
    const answer = await statusOfGroup();
    if (answer !== status) throw new Error(`${apiVersion} answers ${answer}`);
    return true;
  }, 20_000);
}

describe("an APIService whose Service does not exist", () => {
  afterAll(async () => {
    // no other test may meet a server that answers 503
    await world.cluster.admin.delete(refOf(service)).catch(() => undefined);
    await world.cluster.admin.delete(refOf(definition)).catch(() => undefined);
    await untilGroupAnswers(404);
  });

  it("its objects are named, all others are in, here and elsewhere; served again: in without a new commit", async () => {
    const { admin } = world.cluster;
    await admin.create(service);
    await untilGroupAnswers(503);
    const widget = `apiVersion: ${apiVersion}\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1}\n`;
    const app = await world.app({ files: { "a.yaml": configMap("a", "1"), "w.yaml": widget } });
    const message = await app.failed(/w\.yaml:1/);
    expect(message).toMatch(/Widget\..*\/w: GET .*503.*: check the APIService/);
    const { status } = await app.resource();
    expect(conditionOf(status, "Ready")?.reason).toBe("KindUnavailable");
    expect(status).not.toHaveProperty("lastSyncedCommit");
    expect(status?.lastAttemptedCommit).toBe(app.commit);
    expect(await app.data("a")).toEqual({ value: "1" });

    const other = await world.app({ files: { "b.yaml": configMap("b", "1") } });
    await other.synced();
    const second = await app.push({ "a.yaml": configMap("a", "2") });
    await app.holds("a", "2", 20_000);
    await app.until(now => now.phase === "Failed" && now.lastAttemptedCommit === second);

    await admin.delete(refOf(service));
    await admin.create(definition);
    await untilGroupAnswers(200);
    await app.synced(second, 30_000);
    expect(await app.find(apiVersion, "Widget", "w")).toMatchObject({ spec: { size: 1 } });
  });

  it("a kind that was in and goes away: everything else goes on, and its kind stays in the status", async () => {
    const { admin } = world.cluster;
    const widget = `apiVersion: ${apiVersion}\nkind: Widget\nmetadata: {name: v}\nspec: {size: 1}\n`;
    const app = await world.app({ files: { "a.yaml": configMap("a", "1"), "w.yaml": widget } });
    await app.synced();
    await admin.delete(refOf(definition));
    await untilGroupAnswers(404);
    await admin.create(service);
    await untilGroupAnswers(503);
    await app.push({ "a.yaml": configMap("a", "2") });
    await app.holds("a", "2", 20_000);
    expect(await app.failed(/w\.yaml:1/)).toMatch(/widgets.*503/);
    const { status } = await app.resource();
    expect(status?.resources?.kinds).toEqual([`${apiVersion}/Widget`, "v1/ConfigMap"]);
    expect(status?.lastSyncedCommit).toBe(app.commit);
  });
});
