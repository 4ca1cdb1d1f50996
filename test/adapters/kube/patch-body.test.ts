/** The body of a server-side apply, which the API server reads as YAML. */
import { expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { plan } from "../../../src/core/sync/plan";
import { ownerMarks } from "../../../src/model/ownership";
import { carryOut, wantAll } from "../../contracts/cluster-world";
import { planningFor } from "../../support/examples";
import { testCluster } from "../../support/cluster";
import { connectCluster } from "../../support/kube-adapter";

const server = testCluster();
const cluster = connectCluster(server.adminAccess);

const characters = [
  0x01, 0x1b, 0x7f, 0x80, 0x85, 0x9f, 0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff, 0x1f600,
];

test("strings with characters that YAML breaks lines at, or refuses: live as they are in Git", async () => {
  const namespace = await server.createNamespace("body");
  const marks = ownerMarks({ namespace, name: "app" }, sha256);
  const data = Object.fromEntries(
    characters.map(code => [`c-${code.toString(16)}`, `a${String.fromCodePoint(code)}b\t\n<<: *x`]),
  );
  const ref = { apiVersion: "v1", kind: "ConfigMap" };
  const metadata = { name: "strings", namespace };
  const [desired] = await wantAll(cluster, [{ ...ref, metadata, data }], marks);
  if (desired === undefined) throw new Error("a manifest was given");
  const { fieldManager } = marks;
  const steps = plan([{ action: "create", desired }], planningFor(fieldManager, "1"));
  expect(await carryOut(cluster, steps)).toMatchObject([{ result: "applied" }]);
  expect((await server.admin.get({ ...ref, ...metadata })).data).toEqual(data);
});
