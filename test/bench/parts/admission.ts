/** The admission hooks: what they add to writes of people and to healing, beside a hook that only says yes. */
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../src/local/eventually";
import { createKubeClient, type KubeClient } from "../../../src/local/kube-client";
import type { KubeObject } from "../../../src/local/kube-types";
import { ANNOTATION_MANUAL_EDIT } from "../../../src/model/annotations";
import { byTurns, OBJECTS, writesOf, type Writers } from "../admission-writes";
import { startBareHook } from "../bare-hook";
import { configMaps, firstSync, makeNamespace } from "../config-maps";
import { quantile, type Add } from "../figures";
import { clear, deployments, editsOfDeployments, editsToHealed } from "../healing";
import { hookTime } from "../hook-metrics";
import type { Bench, Part } from "../part";

const MEASURE = "admission added to an edit of a managed object";
const BARE_HOOK = "edit, hook that only says yes";

/** Each figure beside the same without a hook, in one run. */
export const admission: Part = {
  name: "admission",
  goals: [
    {
      measure: `${MEASURE}, p50 (floor: a hook that only says yes)`,
      figure: "edit of a declared image, added: p50",
      floor: `${BARE_HOOK}, added: p50`,
      bound: "at most",
      limit: 3,
    },
    {
      measure: `${MEASURE}, p99 (floor: the same)`,
      figure: "edit of a declared image, added: p99",
      floor: `${BARE_HOOK}, added: p99`,
      bound: "at most",
      limit: 15,
    },
  ],
  async measure(bench, add) {
    const { controlPlane, runs, say } = bench;
    const masters = ["system:masters"];
    const writers = {
      asked: createKubeClient(controlPlane.accessFor("jane", masters)),
      // the webhook's matchConditions let it pass; it may write whatever a person may
      exempt: createKubeClient(controlPlane.accessFor("system:kube-bench", masters)),
    };
    for (let run = 1; run <= Math.min(runs, 3); run++) {
      await addBareHook(bench, writers, `admission-bare-${run}`, add);
      await addWrites(bench, writers, `admission-${run}`, add);
      await addHealing(bench, writers, `admission-healing-${run}`, add);
      say(`admission: run ${run} done`);
    }
    await Promise.all([writers.asked.close(), writers.exempt.close()]);
  },
};

/** What the API server needs to ask anybody at all: the same edits, of objects that nopea does not manage. */
async function addBareHook(
  bench: Bench,
  writers: Writers,
  namespace: string,
  add: Add,
): Promise<void> {
  const { kube, controlPlane, isQuick } = bench;
  await makeNamespace(kube, namespace);
  for (const text of Object.values(paused(deployments(OBJECTS)))) {
    const object = JSON.parse(text) as KubeObject;
    await kube.create({ ...object, metadata: { ...object.metadata, namespace } });
  }
  const hook = await startBareHook(controlPlane, kube, namespace);
  try {
    const { edit, image } = writesOf(namespace);
    await eventually(async () => {
      await edit(writers.asked, 0);
      return hook.asked() > 0;
    }, 15_000);
    await addTimes(BARE_HOOK, { writers, count: isQuick ? 6 : 200, write: image }, add);
  } finally {
    await hook.stop();
  }
  await clear(bench, namespace);
}

interface Turns {
  readonly writers: Writers;
  readonly count: number;
  readonly write: Parameters<typeof byTurns>[2];
}

async function addTimes(what: string, { writers, count, write }: Turns, add: Add): Promise<void> {
  const times = await byTurns(writers, count, write);
  for (const [hook, values] of Object.entries(times)) {
    add(`${what}, ${hook}: p50`, "ms", quantile(values, 0.5));
    add(`${what}, ${hook}: p99`, "ms", quantile(values, 0.99));
  }
}

/** Nothing is healed, so that a write meets no other. */
async function addWrites(
  bench: Bench,
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
  const measure = (what: string, write: keyof typeof writes) =>
    addTimes(what, { writers, count, write: writes[write] }, add);
  await measure("edit of a label that Git does not declare", "label");
  await measure("edit of a declared image", "image");
  await measure("scale", "scale");
  await measure("DELETE", "delete");
  const own = await hookTime(nopea.admission.port);
  add("admission process: nopea's own part of a request, mean", "ms", own);
  await nopea.admission.stop("SIGKILL");
  await measure("edit of a declared image, admission process dead", "image");
  await nopea.admission.start();
  await clear(bench, namespace);
}

/** A paused Deployment's controller makes nothing of an edit. */
function paused(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const pause = (text: string) => text.replace('"replicas":0', '"replicas":0,"paused":true');
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, pause(text)]));
}

/** With evidence the heal, too, is asked about: it takes the stamp away. */
async function addHealing(
  bench: Bench,
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
    add(`edit of a Deployment to healed, ${hook}: p50`, "ms", quantile(sorted, 0.5));
    add(`edit of a Deployment to healed, ${hook}: p95`, "ms", quantile(sorted, 0.95));
  }
  await clear(bench, namespace);
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
