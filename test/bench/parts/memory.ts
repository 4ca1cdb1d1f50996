/** What the watcher holds of the machine's memory: with nothing to do, with many objects, with ten times as many. */
import { setTimeout as sleep } from "node:timers/promises";
import { configMaps, firstSync } from "../config-maps";
import type { Add } from "../figures";
import { clear } from "../healing";
import type { Bench, Part } from "../part";
import { forgetPeak, peakMegabytes, residentMegabytes } from "../process-figures";

/** What it held for the sync is given back by then. */
const SETTLING_MS = 30_000;

export const memory: Part = {
  name: "memory",
  goals: [
    {
      measure: "resident memory of the watcher, 1,000 objects (floor: with no repository)",
      figure: "1,000 objects: synced",
      floor: "no repository",
      bound: "at most",
      limit: 200,
    },
    {
      measure: "resident memory of the watcher, 10,000 objects (floor: the same)",
      figure: "10,000 objects: synced",
      floor: "no repository",
      bound: "at most",
      limit: 350,
    },
  ],
  async measure(bench, add) {
    for (let run = 1; run <= Math.min(bench.runs, 3); run++) {
      await measureOne(bench, { times: 1, what: "1,000 objects", run }, add);
      await measureOne(bench, { times: 10, what: "10,000 objects", run }, add);
      bench.say(`memory: run ${run} done`);
    }
  },
};

interface Load {
  readonly times: number;
  /** In quick mode it is a tenth of that. */
  readonly what: string;
  readonly run: number;
}

/** In a process that has done nothing else. */
async function measureOne(bench: Bench, { times, what, run }: Load, add: Add): Promise<void> {
  const { git, nopea, objects, isQuick } = bench;
  const settle = () => sleep(isQuick ? 1_000 : SETTLING_MS);
  await nopea.watcher.restart();
  const pid = nopea.watcher.pid();
  if (times === 1) {
    await settle();
    add("no repository", "MB", await residentMegabytes(pid));
  }
  const namespace = `memory-${times}-${run}`;
  const repository = await git.create(namespace);
  await repository.commit(configMaps(objects * times, "0"));
  await forgetPeak(pid);
  const { seconds } = await firstSync(bench, repository, namespace);
  add(`${what}: first sync`, "s", seconds);
  await settle();
  add(`${what}: synced`, "MB", await residentMegabytes(pid));
  add(`${what}: peak of the first sync`, "MB", await peakMegabytes(pid));
  await nopea.watcher.restart();
  await settle();
  add(`${what}: restarted`, "MB", await residentMegabytes(nopea.watcher.pid()));
  add(`${what}: peak of the restart`, "MB", await peakMegabytes(nopea.watcher.pid()));
  await clear(bench, namespace);
}
