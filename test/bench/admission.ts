/** The admission hooks: what they add to writes of people and to healing, and what their process holds of memory. */
import { setTimeout as sleep } from "node:timers/promises";
import { ANNOTATION_MANUAL_EDIT } from "../../src/model/annotations";
import type { ControlPlane } from "../../src/local/control-plane";
import { eventually } from "../../src/local/eventually";
import type { startGitServer } from "../../src/local/git-server";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import type { Nopea } from "../../src/local/nopea";
import { addMemory } from "./admission-memory";
import { byTurns, OBJECTS, writesOf, type Writers } from "./admission-writes";
import { configMaps, firstSync, type Bench } from "./config-maps";
import { createFigures, quantile, type Add, type Figure } from "./figures";
import { clear, deployments, editsOfDeployments, editsToHealed } from "./healing";

export interface AdmissionBench extends Bench {
  readonly controlPlane: ControlPlane;
  readonly git: Awaited<ReturnType<typeof startGitServer>>;
  readonly nopea: Nopea;
  readonly isQuick: boolean;
  readonly rounds: number;
}

/** Each figure beside the same without a hook, in one run. */
export async function runAdmission(bench: AdmissionBench): Promise<readonly Figure[]> {
  const { controlPlane, rounds } = bench;
  const { add, figures } = createFigures();
  const masters = ["system:masters"];
  const writers = {
    asked: createKubeClient(controlPlane.accessFor("jane", masters)),
    // the webhook's matchConditions let it pass; it may write whatever a person may
    exempt: createKubeClient(controlPlane.accessFor("system:kube-bench", masters)),
  };
  for (let round = 1; round <= rounds; round++) {
    await addWrites(bench, writers, `admission-${round}`, add);
    await addHealing(bench, writers, `admission-healing-${round}`, add);
    console.error(`admission round ${round} done`);
  }
  await addMemory(bench, writers.asked, add);
  await Promise.all([writers.asked.close(), writers.exempt.close()]);
  return figures();
}

/** Nothing is healed, so that a write meets no other. */
async function addWrites(
  bench: AdmissionBench,
  writers: Writers,
  namespace: string,
  add: Add,
): Promise<void> {
  const { kube, git, nopea, isQuick } = bench;
  const count = isQuick ? 6 : 200;
  const repository = await git.create(namespace);
  await repository.commit({
    ...configMaps(2 * count, "0"),
    ...paused(deployments(OBJECTS + SPARE)),
  });
  await firstSync(bench, repository, namespace, { healPolicy: "manual" });
  await untilHooked(writers, kube, { namespace, first: OBJECTS });
  const { edit, ...writes } = writesOf(namespace);
  // what the hook has seen once it knows from its stamp, whoever edits in between
  for (let number = 0; number < OBJECTS; number++) await edit(writers.asked, number);
  const measure = async (what: string, write: keyof typeof writes) => {
    const times = await byTurns(writers, count, writes[write]);
    for (const [hook, values] of Object.entries(times)) {
      add(`${what}, ${hook}: p50 of ${count}`, "ms", quantile(values, 0.5));
      add(`${what}, ${hook}: p99 of ${count}`, "ms", quantile(values, 0.99));
    }
  };
  await measure("edit of a label that Git does not declare", "label");
  await measure("edit of a declared image", "image");
  await measure("scale", "scale");
  await measure("DELETE", "delete");
  await nopea.admission.stop("SIGKILL");
  await measure("edit of a declared image, admission process dead", "image");
  await nopea.admission.start();
  await clear(kube, namespace);
}

/** A paused Deployment's controller makes nothing of an edit. */
function paused(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const pause = (text: string) => text.replace('"replicas":0', '"replicas":0,"paused":true');
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, pause(text)]));
}

/** With evidence the heal, too, is asked about: it takes the stamp away. */
async function addHealing(
  bench: AdmissionBench,
  writers: Writers,
  namespace: string,
  add: Add,
): Promise<void> {
  const { kube, git, isQuick } = bench;
  const count = isQuick ? 3 : 50;
  const repository = await git.create(namespace);
  await repository.commit({ ...paused(deployments(2 * count + SPARE)), ...configMaps(1, "0") });
  await firstSync(bench, repository, namespace, { healPolicy: "auto" });
  await untilHooked(writers, kube, { namespace, first: 2 * count });
  const times = { "hooks on": [] as number[], "hooks off": [] as number[] };
  for (const [index, edit] of editsOfDeployments(namespace, 2 * count).entries()) {
    const isAsked = index % 2 === 0;
    const by = isAsked ? writers.asked : writers.exempt;
    const hook = isAsked ? "hooks on" : "hooks off";
    times[hook].push(...(await editsToHealed(kube, [{ ...edit, by }])));
  }
  for (const [hook, values] of Object.entries(times)) {
    const sorted = values.sort((a, b) => a - b);
    add(`edit of a Deployment to healed, ${hook}: p50 of ${count}`, "ms", quantile(sorted, 0.5));
    add(`edit of a Deployment to healed, ${hook}: p95 of ${count}`, "ms", quantile(sorted, 0.95));
  }
  await clear(kube, namespace);
}

/** Until an edit is stamped and deletions and scalings have a witness; edits a Deployment beyond the first ones a try. */
async function untilHooked(
  { asked }: Writers,
  kube: KubeClient,
  { namespace, first }: { readonly namespace: string; readonly first: number },
): Promise<void> {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const witness = { apiVersion, kind: "ValidatingWebhookConfiguration", name: "nopea-witness" };
  await eventually(async () => {
    const text = JSON.stringify(await kube.get(witness));
    return text.includes('"configmaps"') && text.includes('"deployments/scale"');
  }, 30_000);
  let tries = 0;
  await eventually(
    async () => {
      // an edit that no hook saw takes the field from nopea: the next one of the same field would not count
      const { metadata } = await writesOf(namespace).edit(asked, first + tries++);
      return metadata.annotations?.[ANNOTATION_MANUAL_EDIT] !== undefined;
    },
    15_000,
    600,
  );
  await sleep(1_000);
}

/** Tries of untilHooked. */
const SPARE = 30;
