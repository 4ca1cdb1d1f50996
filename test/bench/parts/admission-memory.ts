/** The admission process under many edits of small objects and some of big ones: whether it grows without end. */
import { setTimeout as sleep } from "node:timers/promises";
import { createKubeClient, type KubeClient } from "../../../src/local/kube-client";
import { firstSync } from "../config-maps";
import type { Add } from "../figures";
import { clear } from "../healing";
import type { Bench, Part } from "../part";
import { residentMegabytes } from "../process-figures";

const NAMESPACE = "admission-memory";
/** Edits in flight; each has objects of its own, so that none waits for another. */
const IN_FLIGHT = 8;
const SMALL_BYTES = 5_000;
const BIG_BYTES = 500_000;
/** One edit of so many is that of a big object. */
const BIG_EVERY = 100;

/** No goal is set for it: it must not grow. */
export const admissionMemory: Part = {
  name: "admission-memory",
  goals: [],
  async measure(bench, add) {
    const kube = createKubeClient(bench.controlPlane.accessFor("jane", ["system:masters"]));
    await addMemory(bench, kube, add);
    await kube.close();
  },
};

/** The watcher rests meanwhile: what is measured is what the API server asks, and its configurations stay. */
async function addMemory(bench: Bench, kube: KubeClient, add: Add): Promise<void> {
  const { nopea, git, isQuick } = bench;
  const requests = isQuick ? 100 : 10_000;
  const repository = await git.create(NAMESPACE);
  await repository.commit(files());
  await firstSync(bench, repository, NAMESPACE, { healPolicy: "manual" });
  await nopea.watcher.stop("SIGKILL");
  await nopea.admission.restart();
  // until it has read its settings and the repositories
  await sleep(3_000);
  const memory = async (when: string) => {
    const measured = await residentMegabytes(nopea.admission.pid());
    add(`resident memory of the admission process, ${when}`, "MB", measured);
  };
  await memory("started");
  const fifth = requests / 5;
  for (let done = 0; done < requests; done += fifth) {
    const started = performance.now();
    await edit(kube, done, done + fifth);
    const each = (performance.now() - started) / fifth;
    add(`edit, ${IN_FLIGHT} in flight, milliseconds for each`, "ms", each);
    await memory(`${done + fifth} requests`);
  }
  const rest = isQuick ? 1 : 30;
  await sleep(rest * 1_000);
  await memory(`${rest} s later`);
  await nopea.watcher.start();
  await clear(bench, NAMESPACE);
}

async function edit(kube: KubeClient, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index).values();
  const hand = async (_: unknown, worker: number) => {
    for (const number of numbers) {
      const name = number % BIG_EVERY === 0 ? `big-${worker}` : `small-${worker}`;
      const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name };
      // one in two changes what Git declares
      const data = number % 2 === 0 ? { value: String(number) } : { other: String(number) };
      await kube.patch(ref, { data });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, hand));
}

function files(): Readonly<Record<string, string>> {
  const file = (name: string, bytes: number): readonly [string, string] => {
    const value = "x".repeat(bytes / 50 - 20);
    const lines = Array.from({ length: 50 }, (_, index) => [`key-${index}`, value] as const);
    const data = { value: "0", ...Object.fromEntries(lines) };
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
    return [`${name}.yaml`, JSON.stringify(object)];
  };
  return Object.fromEntries(
    Array.from({ length: IN_FLIGHT }, (_, index) => [
      file(`small-${index}`, SMALL_BYTES),
      file(`big-${index}`, BIG_BYTES),
    ]).flat(),
  );
}
