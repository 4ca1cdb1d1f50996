/** More objects than one page of a list holds, on the real API server. */
import { expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { plan } from "../../../src/core/sync/plan";
import type { Manifest } from "../../../src/model/manifest";
import { ownerMarks } from "../../../src/model/ownership";
import type { Writing } from "../../../src/model/verdict";
import { carryOut, wantAll } from "../../contracts/cluster-world";
import { planningFor } from "../../support/examples";
import { testCluster } from "../../support/cluster";
import { connectCluster } from "../../support/kube-adapter";

const server = testCluster();
const cluster = connectCluster(server.adminAccess);
const signal = new AbortController().signal;

test("1,001 objects: applied by one plan, all found by label, all found by name", async () => {
  const namespace = await server.createNamespace("many");
  const marks = ownerMarks({ namespace, name: "app" }, sha256);
  const manifests = Array.from({ length: 1_001 }, (_, index): Manifest => {
    const metadata = { name: `c${index}`, namespace };
    return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { index: `${index}` } };
  });
  const desired = await wantAll(cluster, manifests, marks);
  const verdicts = desired.map((one): Writing => ({ action: "create", desired: one }));
  const { fieldManager, labels } = marks;
  const outcomes = await carryOut(cluster, plan(verdicts, planningFor(fieldManager, "1")));
  expect(outcomes.filter(({ result }) => result === "applied").length).toBe(1_001);

  const kinds = desired.slice(0, 1).map(({ kind }) => kind);
  const nothing = { kinds: [], sought: [], namespaces: [] };
  const byLabel = await cluster.observe({ ...nothing, labels, kinds }, signal);
  expect(byLabel.objects.size).toBe(1_001);
  const byName = await cluster.observe(
    { ...nothing, labels: { none: "x" }, sought: desired },
    signal,
  );
  expect([...byName.objects.keys()].sort()).toEqual([...byLabel.objects.keys()].sort());
}, 120_000);
