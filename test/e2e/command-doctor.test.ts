/** `nopea doctor` on the running pair: what is as it should be, and what is not. */
import { expect, it } from "vitest";
import { doctor } from "../../src/cli/doctor/doctor";
import type { Finding } from "../../src/cli/doctor/finding";
import type { Access } from "../../src/local/access";
import { commandContext } from "../support/command-context";
import { eventually } from "../support/cluster";
import { configMap, useWorld } from "../support/world";

const world = useWorld();
const { cluster } = world;
const { admin } = cluster;

interface Diagnosis {
  readonly findings: readonly Finding[];
}

async function ask(access: Access = cluster.adminAccess) {
  const { context, close } = commandContext(access, "default");
  try {
    const { value, text, exitCode } = await doctor(context);
    return { text, exitCode, findings: (value as Diagnosis).findings };
  } finally {
    await close();
  }
}

const named = (findings: readonly Finding[], check: string) =>
  findings.filter(finding => finding.check.startsWith(check));

it("the pair that runs here: all is well but for the Deployments, which a test cluster has not", async () => {
  const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
  await app.synced();
  const { exitCode, findings } = await eventually(async () => {
    const asked = await ask();
    const hooks = [
      "mutatingwebhookconfigurations nopea-evidence",
      "validatingwebhookconfigurations nopea-witness",
    ];
    const areThere = hooks.every(hook => named(asked.findings, hook)[0]?.severity === "ok");
    return areThere ? asked : undefined;
  }, 60_000);
  expect(exitCode).toBe(3);
  const missing = findings.filter(({ severity }) => severity !== "ok");
  const others = missing.filter(({ check }) => !check.startsWith("GitRepository "));
  expect(others.map(({ check, message }) => `${check}: ${message}`)).toEqual([
    "Deployment pepr-system/pepr-nopea: missing",
    "Deployment pepr-system/pepr-nopea-watcher: missing",
  ]);
  expect(named(findings, "TLS certificate")[0]?.message).toMatch(/^good until \d{4}-/);
});

it("settings that cannot be used: named without their values, and Flux's kind beside ours", async () => {
  const metadata = { namespace: "pepr-system", name: "nopea" };
  const data = { NOPEA_CDEVENTS_ENDPOINT: "hush://hidden" };
  await admin.apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
  const group = "source.toolkit.fluxcd.io";
  const names = { plural: "gitrepositories", kind: "GitRepository", shortNames: ["gitrepo"] };
  const schema = { openAPIV3Schema: { type: "object" } };
  const name = `gitrepositories.${group}`;
  await admin.apply({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: {
      group,
      scope: "Namespaced",
      names,
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  });
  const { text, findings } = await ask();
  await admin.delete({ apiVersion: "v1", kind: "ConfigMap", ...metadata });
  await admin.delete({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    name,
  });
  expect(named(findings, "Settings")).toMatchObject([
    { severity: "problem", message: expect.stringContaining("NOPEA_CDEVENTS_ENDPOINT") as string },
  ]);
  expect(text).not.toContain("hidden");
  expect(named(findings, "Flux")).toMatchObject([
    { severity: "warning", remedy: expect.stringContaining("kubectl get gr") as string },
  ]);
});

it("somebody without rights: every check says that it was not made, none claims that all is well", async () => {
  const { findings } = await ask(cluster.accessFor("larry"));
  expect(named(findings, "CustomResourceDefinition")[0]?.message).toContain("not looked at: 403");
  expect(named(findings, "Your own rights")).toMatchObject([{ severity: "problem" }]);
});
