/** What the real API server refuses, and how it is told: never with a value of the object. */
import { beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { writeFault } from "../../../src/adapters/kube/faults";
import { plan } from "../../../src/core/sync/plan";
import type { Json, JsonObject } from "../../../src/model/json";
import type { Manifest } from "../../../src/model/manifest";
import { ownerMarks } from "../../../src/model/ownership";
import type { StepOutcome } from "../../../src/model/outcome";
import type { Cluster } from "../../../src/ports";
import { carryOut, first, wantAll } from "../../contracts/cluster-world";
import { planningFor } from "../../support/examples";
import { testCluster } from "../../support/cluster";
import { connectCluster } from "../../support/kube-adapter";

const server = testCluster();
const cluster = connectCluster(server.adminAccess);
let namespace: string;
beforeAll(async () => {
  namespace = await server.createNamespace("refusals");
});

function manifest(apiVersion: string, kind: string, more: JsonObject = {}): Manifest {
  return { apiVersion, kind, metadata: { name: "it", namespace }, ...more };
}

async function create(wanted: Manifest, by: Cluster = cluster): Promise<StepOutcome> {
  const marks = ownerMarks({ namespace, name: "app" }, sha256);
  const desired = first(await wantAll(cluster, [wanted], marks));
  const { fieldManager } = marks;
  const steps = plan([{ action: "create", desired }], planningFor(fieldManager, "1"));
  return first(await carryOut(by, steps));
}

async function faultOf(wanted: Manifest, by?: Cluster) {
  const outcome = await create(wanted, by);
  if (outcome.result !== "failed") throw new Error(`it was ${outcome.result}`);
  return outcome.fault;
}

/** A Deployment with so much in its Pods' command. */
function withCommand(text: string): JsonObject {
  const containers = [{ name: "a", image: "a", command: [text] }];
  const labels = { app: "a" };
  const template = { metadata: { labels }, spec: { containers } };
  return { spec: { selector: { matchLabels: labels }, template } };
}

describe("refusals", () => {
  test("an invalid object (422): refused, in the server's words", async () => {
    const service = manifest("v1", "Service", { spec: { ports: [{ port: 99_999 }] } });
    expect(await faultOf(service)).toMatchObject({
      code: "object-refused",
      message: expect.stringContaining("spec.ports[0].port: Invalid value: 99999") as string,
    });
  });

  test("a field that does not exist (500): named, not an API server that is down", async () => {
    const typo = manifest("v1", "ConfigMap", { dta: { a: "1" } });
    expect(await faultOf(typo)).toMatchObject({
      code: "unknown-field",
      message: expect.stringContaining(".dta: field not declared in schema") as string,
    });
  });

  test.each([
    ["a ConfigMap of more than 1 MiB", "ConfigMap", { data: { a: "x".repeat(1_100_000) } }],
    ["what etcd refuses", "Deployment", withCommand("x".repeat(2_200_000))],
    ["what the API server does not read", "ConfigMap", { data: { a: "x".repeat(3_300_000) } }],
  ])("%s: too large", async (_, kind, more) => {
    const apiVersion = kind === "Deployment" ? "apps/v1" : "v1";
    expect(await faultOf(manifest(apiVersion, kind, more))).toMatchObject({
      code: "object-too-large",
    });
  });

  test("without the right (403): forbidden, naming user and resource", async () => {
    const larry = connectCluster(server.accessFor("larry"));
    expect(await faultOf(manifest("v1", "ConfigMap"), larry)).toMatchObject({
      code: "object-forbidden",
      message: expect.stringMatching(/User "larry" cannot patch resource "configmaps"/) as string,
    });
  });

  test("the right to apply and not to look: forbidden, not an empty cluster", async () => {
    const larry = connectCluster(server.accessFor("larry"));
    const kinds = [{ apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true }];
    const looking = larry.observe(
      { labels: { a: "b" }, kinds, sought: [], namespaces: [] },
      new AbortController().signal,
    );
    await expect(looking).rejects.toMatchObject({ code: "object-forbidden" });
  });
});

describe("values", () => {
  const HIDDEN = "hunter2";
  const NUMBER = 271_828;
  const encoded = btoa(HIDDEN);

  test.each<[string, Json]>([
    ["a number as data", { data: { password: NUMBER } }],
    ["text that is not base64", { data: { password: `not ${HIDDEN}` } }],
    ["a list as data", { data: [HIDDEN] }],
    ["text as data", { data: HIDDEN }],
    ["a bad key", { data: { "bad key": encoded } }],
    ["a type that wants other keys", { type: "kubernetes.io/tls", data: { password: encoded } }],
    ["a field that does not exist", { [`a${NUMBER}`]: HIDDEN }],
  ])("of a Secret, %s: refused without them", async (_, more) => {
    const { code, message } = await faultOf(manifest("v1", "Secret", more as JsonObject));
    expect(["object-refused", "unknown-field"]).toContain(code);
    for (const value of [HIDDEN, encoded, String(NUMBER)]) expect(message).not.toContain(value);
  });

  test.each<[string, Json]>([
    ["a number", { data: { password: NUMBER } }],
    ["a list", { data: { password: [HIDDEN] } }],
    ["a map", { data: { password: { of: HIDDEN } } }],
    ["two at once", { data: { password: NUMBER, other: { of: HIDDEN } } }],
    ["text over lines", { data: `first\n${HIDDEN}` }],
  ])("of a ConfigMap, %s: refused, the field is named, the value is not", async (_, more) => {
    const { message } = await faultOf(manifest("v1", "ConfigMap", more as JsonObject));
    expect(message).toContain(".data");
    for (const value of [HIDDEN, String(NUMBER)]) expect(message).not.toContain(value);
  });

  test("of a container's environment: refused, the field is named, the value is not", async () => {
    const containers = [{ name: "a", image: "a", env: [{ name: "PASSWORD", value: NUMBER }] }];
    const deployment = manifest("apps/v1", "Deployment", {
      spec: { selector: {}, template: { spec: { containers } } },
    });
    const { message } = await faultOf(deployment);
    expect(message).toContain('.env[name="PASSWORD"].value: expected string');
    expect(message).not.toContain(String(NUMBER));
  });
});

describe("of custom resources and webhooks", () => {
  const of = (kind: string) => ({
    key: { group: "example.com", kind, namespace: "a", name: "it" },
  });
  const status = (message: string, more: JsonObject = {}) => ({
    status: 422,
    body: { kind: "Status", message, reason: "Invalid", ...more },
  });
  const invalid = (field: string, message: string) =>
    status(`Db.example.com "it" is invalid: ${field}: ${message}`, {
      details: { causes: [{ reason: "FieldValueInvalid", field, message }] },
    });
  const detail = "should be at least 12 chars long";

  test.each([
    ["spec.password", `Invalid value: "hunter2": ${detail}`],
    ["spec.env[0].value", `Invalid value: "hunter2": ${detail}`],
    ["spec.login", `Invalid value: {"user":"a","password":"hunter2"}: ${detail}`],
    ["spec.login", `Invalid value: core.Login{User:"a: b", Password:"hunter2"}: ${detail}`],
  ])("%s that is invalid: named, without its value (%s)", (field, message) => {
    expect(writeFault(invalid(field, message), of("Db")).message).toBe(
      `Db.example.com "it" is invalid: ${field}: Invalid value (not shown): ${detail}`,
    );
  });

  test.each([
    ["spec.logins[1]", 'Duplicate value: {"user":"a: b","password":"hunter2"}'],
    ["spec.logins[1]", 'Duplicate value: ["a]: hunter2"]'],
    ["spec.tokens[1]", 'Duplicate value: "a: hunter2"'],
  ])("%s twice: no value (%s)", (field, message) => {
    expect(writeFault(invalid(field, message), of("Db")).message).toBe(
      `Db.example.com "it" is invalid: ${field}: Duplicate value (not shown)`,
    );
  });

  test("a webhook that puts a Secret's value into its reason and its fields: none is told", () => {
    const answer = status('admission webhook "w.example.com" denied the request: hunter2', {
      reason: "hunter2 is too short",
      details: { causes: [{ field: "data[a]=hunter2", message: "hunter2" }] },
    });
    const { code, message } = writeFault(answer, of("Secret"));
    expect(code).toBe("admission-denied");
    expect(message).not.toContain("hunter2");
  });
});
