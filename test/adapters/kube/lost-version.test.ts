/** An object whose managedFields name a version that its definition no longer has: applied all the same. */
import { expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { plan } from "../../../src/core/sync/plan";
import type { Manifest } from "../../../src/model/manifest";
import { ownerMarks } from "../../../src/model/ownership";
import type { Writing } from "../../../src/model/verdict";
import { carryOut, first, wantAll } from "../../contracts/cluster-world";
import { definitionOf } from "../../support/widgets";
import { eventually, testCluster, uniqueSuffix } from "../../support/cluster";
import { planningFor } from "../../support/examples";
import { connectCluster } from "../../support/kube-adapter";

const server = testCluster();
const { admin } = server;
const cluster = connectCluster(server.adminAccess);

test("v1beta1 is removed, and others have fields of it too: the same object, with the content of v1", async () => {
  const namespace = await server.createNamespace("lost-version");
  const group = `${uniqueSuffix()}.lost.example`;
  const { spec, ...definition } = definitionOf(group) as Manifest & {
    spec: { versions: readonly [object] };
  };
  const [stored] = spec.versions;
  const old = { ...stored, name: "v1beta1", storage: false };
  const { name } = definition.metadata;
  await admin.create({ ...definition, spec: { ...spec, versions: [stored, old] } });
  const served = (version: string, status: number) =>
    eventually(async () => {
      const path = `/apis/${group}/${version}/namespaces/${namespace}/widgets`;
      const found = await admin.text(path).then(
        () => 200,
        () => 404,
      );
      if (found !== status) throw new Error(`${version} answers ${found}`);
      return true;
    }, 20_000);
  await served("v1beta1", 200);

  const marks = ownerMarks({ namespace, name: "app" }, sha256);
  const carry = async (verdict: Writing) =>
    first(await carryOut(cluster, plan([verdict], planningFor(marks.fieldManager, "1"))));
  const widget = (version: string, size: number): Manifest => ({
    apiVersion: `${group}/${version}`,
    kind: "Widget",
    metadata: { name: "w", namespace },
    spec: { size },
  });
  const before = first(await wantAll(cluster, [widget("v1beta1", 1)], marks));
  const created = await carry({ action: "create", desired: before });
  if (created.result !== "applied") throw new Error(JSON.stringify(created));
  const { uid } = created.sighting.live;
  const path = `/apis/${group}/v1beta1/namespaces/${namespace}/widgets/w`;
  const type = "application/merge-patch+json";
  await admin.call({ method: "PATCH", path, body: { spec: { colour: "red" } }, type });

  const ref = { apiVersion: definition.apiVersion, kind: definition.kind, name };
  await admin.patch(ref, { spec: { versions: [stored] } });
  await served("v1beta1", 404);
  const desired = first(await wantAll(cluster, [widget("v1", 2)], marks));
  const query = { labels: {}, kinds: [], sought: [desired], namespaces: [] };
  const { objects } = await cluster.observe(query, new AbortController().signal);
  const live = first([...objects.values()]).live;
  const rest = { force: true, held: [], healed: [], dropped: [] };
  const outcome = await carry({ action: "update", desired, live, ...rest });
  expect(outcome).toMatchObject({
    result: "applied",
    created: false,
    changed: true,
    sighting: { live: { uid }, object: { spec: { size: 2, colour: "red" } } },
  });
  await admin.delete(ref);
});
