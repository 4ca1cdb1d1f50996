/**
 * Records golden cases of drift on a real API server: `npx tsx test/support/record-drift.ts [case …]`.
 * A case is a folder with base.yaml, edit.sh (kubectl as a person would use it) and perhaps desired.yaml.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { startControlPlane, type ControlPlane } from "../../src/local/control-plane";
import { eventually } from "../../src/local/eventually";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import { ANNOTATION_APPLIED } from "../../src/model/annotations";
import { CASES, driftOf, MARKS, readCase, readManifest, readObject } from "./drift-case";
import { expectationOf } from "./drift-expectation";

const NAMESPACE = "shop";
const COMMIT = "8f3c2a1d9b7e6f5a4c3b2d1e0f9a8b7c6d5e4f3a";

async function main(names: readonly string[]): Promise<void> {
  const controlPlane = await startControlPlane({ say: line => console.error(line) });
  const kube = createKubeClient(controlPlane.admin);
  try {
    await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    const kubeconfig = await controlPlane.kubeconfigFor("larry", ["system:masters"]);
    for (const name of names) await record({ name, kube, controlPlane, kubeconfig });
  } finally {
    await kube.close();
    await controlPlane.stop();
  }
}

interface Recording {
  readonly name: string;
  readonly kube: KubeClient;
  readonly controlPlane: ControlPlane;
  readonly kubeconfig: string;
}

async function record(recording: Recording): Promise<void> {
  const { name, kube } = recording;
  const base = bodyOf(name, "base.yaml");
  run(recording, "before.sh");
  const applied = await kube.apply(base, { manager: MARKS.fieldManager });
  write(name, "applied.yaml", applied);
  run(recording, "edit.sh");
  const live = await settled(kube, base);
  if (live === undefined) rmSync(join(CASES, name, "live.yaml"), { force: true });
  else write(name, "live.yaml", live);
  console.log(`${name}: ${live === undefined ? "deleted" : await serversWord(kube, base, live)}`);
  tell(name);
  if (live !== undefined) await kube.patch(refOf(base), { metadata: { finalizers: [] } });
  await kube.delete(refOf(base));
  await eventually(async () => (await kube.find(refOf(base))) === undefined || undefined, 30_000);
}

/** The object once the controllers have written what they write. */
async function settled(kube: KubeClient, base: KubeObject): Promise<KubeObject | undefined> {
  let before: string | undefined;
  for (;;) {
    const live = await kube.find(refOf(base));
    if (live === undefined || live.metadata.resourceVersion === before) return live;
    before = live.metadata.resourceVersion;
    await new Promise(resolve => setTimeout(resolve, 700));
  }
}

/** Whether a forced apply of the base would write: what the server thinks of it. */
async function serversWord(kube: KubeClient, base: KubeObject, live: KubeObject): Promise<string> {
  try {
    const { metadata, ...answer } = await kube.apply(base, {
      manager: MARKS.fieldManager,
      dryRun: true,
    });
    const { managedFields, generation, ...others } = metadata as Record<string, unknown>;
    const { metadata: liveMetadata, ...liveAnswer } = live;
    const was = liveMetadata as Record<string, unknown>;
    delete was.managedFields;
    delete was.generation;
    const same = stringify([answer, others]) === stringify([liveAnswer, was]);
    return same ? "an apply of the base would write nothing" : "an apply of the base would write";
  } catch (error) {
    return `an apply of the base fails: ${String(error)}`;
  }
}

function run({ name, controlPlane, kubeconfig }: Recording, file: string): void {
  if (!existsSync(join(CASES, name, file))) return;
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    MANAGER: MARKS.fieldManager,
    PATH: `${dirname(controlPlane.kubectl)}:${process.env.PATH ?? ""}`,
  };
  const prelude = `set -e; kubectl() { command kubectl --namespace ${NAMESPACE} "$@"; };`;
  const script = `${prelude} . ./${file}`;
  execFileSync("sh", ["-c", script], { cwd: join(CASES, name), env, stdio: ["ignore", 2, 2] });
}

/** The manifest with nopea's mark, as the worker would apply it. */
function bodyOf(name: string, file: string): KubeObject {
  const manifest = readManifest(name, file);
  if (manifest === undefined) throw new Error(`${name} has no ${file}`);
  const { metadata } = manifest;
  const annotations = { ...metadata.annotations, [ANNOTATION_APPLIED]: `v1:0a1b2c@${COMMIT}` };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

function refOf({ apiVersion, kind, metadata }: KubeObject) {
  return { apiVersion, kind, namespace: NAMESPACE, name: metadata.name };
}

function write(name: string, file: string, object: unknown): void {
  writeFileSync(join(CASES, name, file), stringify(object, { lineWidth: 0 }));
}

/** A case without expected.yaml gets a draft of it, to be judged by whoever adds the case. */
function tell(name: string): void {
  const drift = expectationOf(driftOf(readCase(name)));
  console.log(stringify(drift, { lineWidth: 0 }));
  if (readObject(name, "expected.yaml") === undefined) write(name, "expected.yaml", drift);
}

const asked = process.argv.slice(2);
const all = readdirSync(CASES).filter(name => existsSync(join(CASES, name, "edit.sh")));
void main(asked.length > 0 ? asked : all);
