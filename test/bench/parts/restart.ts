/** Restarts of the watcher over unchanged objects. */
import { configMaps, firstSync } from "../config-maps";
import { clear } from "../healing";
import type { Part } from "../part";
import { restartCost, restartToHealed } from "../restart";

const MEASURE = "restart with 1,000 unchanged objects";

export const restart: Part = {
  name: "restart",
  goals: [
    {
      measure: `${MEASURE}: start of the process → edit healed (floor: Pepr healthy)`,
      figure: "start of the process to an edit healed",
      floor: "start of the process to healthy",
      bound: "at most",
      limit: 3,
    },
    {
      measure: `${MEASURE}: writes`,
      figure: "writes about the repository",
      bound: "at most",
      limit: 0,
    },
    {
      measure: `${MEASURE}: requests beyond lists and watches`,
      figure: "requests beyond lists and watches",
      bound: "at most",
      limit: 10,
    },
  ],
  async measure(bench, add) {
    const { git, nopea, objects, runs, say } = bench;
    const namespace = "restart";
    const repository = await git.create(namespace);
    await repository.commit(configMaps(objects, "0"));
    await firstSync(bench, repository, namespace);
    for (let run = 1; run <= runs; run++) {
      const cost = await restartCost(bench, nopea.watcher, namespace);
      add("requests beyond lists and watches", "", cost.requests);
      add("requests about the repository", "", cost.about);
      add("writes about the repository", "", cost.writes);
      if (run === 1) say(`restart: it asks\n  ${cost.asked.join("\n  ")}`);
      const { healthy, healed } = await restartToHealed(bench, nopea.watcher, namespace);
      add("start of the process to healthy", "s", healthy / 1000);
      add("start of the process to an edit healed", "s", healed / 1000);
      say(`restart: run ${run} done`);
    }
    await clear(bench, namespace);
  },
};
