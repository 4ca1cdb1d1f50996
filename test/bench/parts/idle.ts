/** What synced objects cost while nothing changes: requests about them, and CPU time of the watcher. */
import { setTimeout as sleep } from "node:timers/promises";
import { auditMark, requestsSince } from "../../support/audit";
import { configMaps, firstSync, NOPEA } from "../config-maps";
import type { Add } from "../figures";
import { clear } from "../healing";
import type { Bench, Part } from "../part";
import { cpuSeconds } from "../process-figures";

/** What a first sync leaves to do: events, and memory to give back. */
const SETTLING_MS = 20_000;

export const idle: Part = {
  name: "idle",
  goals: [
    {
      measure: "1,000 synced objects, idle: API requests about them in a minute",
      figure: "calm: API requests about the objects",
      bound: "at most",
      limit: 0,
    },
    {
      measure: "1,000 synced objects, idle: CPU of the watcher (floor: with no repository)",
      figure: "calm: CPU of the watcher",
      floor: "no repository: CPU of the watcher",
      bound: "at most",
      limit: 0.5,
    },
  ],
  async measure(bench, add) {
    const { git, objects, isQuick, runs, say } = bench;
    const namespace = "idle";
    await measureCalm(bench, "no repository", add);
    const repository = await git.create(namespace);
    await repository.commit(configMaps(objects, "0"));
    await firstSync(bench, repository, namespace);
    await sleep(isQuick ? 1_000 : SETTLING_MS);
    for (let run = 1; run <= Math.min(runs, 3); run++) {
      await measureCalm(bench, "calm", add);
      say(`idle: run ${run} done`);
    }
    await clear(bench, namespace);
  },
};

async function measureCalm(
  { auditLog, nopea, isQuick }: Bench,
  when: string,
  add: Add,
): Promise<void> {
  const seconds = isQuick ? 3 : 60;
  const pid = nopea.watcher.pid();
  const mark = await auditMark(auditLog);
  const [since, before] = [performance.now(), await cpuSeconds(pid)];
  await sleep(seconds * 1000);
  const used = (await cpuSeconds(pid)) - before;
  add(`${when}: CPU of the watcher`, "%", (100_000 * used) / (performance.now() - since));
  const requests = await requestsSince(auditLog, mark, { user: NOPEA });
  // nopea reads its own settings from a ConfigMap too
  const about = requests.filter(
    ({ resource, namespace }) => resource === "configmaps" && namespace !== "pepr-system",
  );
  add(`${when}: API requests about the objects`, "", about.length);
  add(`${when}: API requests of both processes`, "", requests.length);
}
