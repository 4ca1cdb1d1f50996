/** Edits by hand of synced objects, and nothing else in the cluster. */
import { bareLoop, configMaps, firstSync } from "../config-maps";
import { quantile, type Add } from "../figures";
import {
  bareHealing,
  clear,
  deployments,
  editsOfConfigMaps,
  editsOfDeployments,
  editsToHealed,
} from "../healing";
import type { Part } from "../part";
import { cpuSeconds } from "../process-figures";

/** An object is healed at once four times in ten minutes: each is edited once a run. */
const MOST_RUNS = 4;

export const healing: Part = {
  name: "healing",
  goals: [
    {
      measure: "manual edit → healed, p50 (floor: watch event → apply)",
      figure: "edit of a ConfigMap to healed: p50",
      floor: "bare watch and apply: p50",
      bound: "at most",
      limit: 10,
    },
    {
      measure: "manual edit → healed, p95 (floor: the same)",
      figure: "edit of a ConfigMap to healed: p95",
      floor: "bare watch and apply: p95",
      bound: "at most",
      limit: 50,
    },
  ],
  async measure(bench, add) {
    const { kube, git, nopea, objects, isQuick, runs, say } = bench;
    const [namespace, bare] = ["healing", "healing-bare"];
    const edits = isQuick ? 5 : 50;
    await bareLoop(bench, bare);
    const repository = await git.create(namespace);
    await repository.commit({ ...configMaps(objects, "0"), ...deployments(edits) });
    await firstSync(bench, repository, namespace);
    for (let run = 1; run <= Math.min(runs, MOST_RUNS); run++) {
      addTimes(add, "bare watch and apply", await bareHealing(bench, bare, edits));
      const maps = editsOfConfigMaps(namespace, edits);
      const before = await cpuSeconds(nopea.watcher.pid());
      addTimes(add, "edit of a ConfigMap to healed", await editsToHealed(kube, maps));
      const used = (await cpuSeconds(nopea.watcher.pid())) - before;
      add("edit of a ConfigMap: CPU time of the watcher", "ms", (1000 * used) / edits);
      const rest = editsOfConfigMaps(namespace, 2 * edits).slice(edits);
      addTimes(add, "edit after edit without a pause", await editsToHealed(kube, rest, 0));
      const deploys = editsOfDeployments(namespace, edits);
      addTimes(add, "edit of a Deployment to healed", await editsToHealed(kube, deploys));
      say(`healing: run ${run} done`);
    }
    await clear(bench, namespace, bare);
  },
};

function addTimes(add: Add, what: string, times: readonly number[]): void {
  add(`${what}: p50`, "ms", quantile(times, 0.5));
  add(`${what}: p95`, "ms", quantile(times, 0.95));
}
