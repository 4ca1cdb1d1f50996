/** A first sync of many objects, and pushes that change one of them. */
import { bareLoop, changeOne, configMaps, firstSync, pushesToLive } from "../config-maps";
import { quantile } from "../figures";
import { clear } from "../healing";
import type { Bench, Part } from "../part";
import type { Add } from "../figures";

export const sync: Part = {
  name: "sync",
  goals: [
    {
      measure: "push webhook → one changed file of 1,000 live, p50",
      figure: "push to live: p50",
      bound: "at most",
      limit: 250,
    },
    {
      measure: "push webhook → one changed file of 1,000 live: API requests",
      figure: "push to live: API requests",
      bound: "at most",
      limit: 5,
    },
    {
      measure: "first apply of 1,000 objects (floor: server-side applies alone)",
      figure: "first sync",
      floor: "bare loop of server-side applies",
      bound: "at most",
      limit: 2.5,
    },
    {
      measure: "first apply of 1,000 objects: share of the floor's rate",
      figure: "first sync: share of the bare loop's rate",
      bound: "at least",
      limit: 80,
    },
  ],
  async measure(bench, add) {
    for (let run = 1; run <= bench.runs; run++) {
      await measureOnce(bench, run, add);
      bench.say(`sync: run ${run} done`);
    }
  },
};

async function measureOnce(bench: Bench, run: number, add: Add): Promise<void> {
  const { git, nopea, objects, isQuick } = bench;
  const [namespace, bare] = [`sync-${run}`, `sync-bare-${run}`];
  const repository = await git.create(namespace);
  await repository.commit(configMaps(objects, "0"));
  const floor = await bareLoop(bench, bare);
  add("bare loop of server-side applies", "s", floor);
  const first = await firstSync(bench, repository, namespace);
  add("first sync", "s", first.seconds);
  add("first sync: share of the bare loop's rate", "%", (100 * floor) / first.seconds);
  add("first sync: API requests", "", first.requests);
  const change = await changeOne(bench, repository, namespace);
  add("annotation to one changed object live", "s", change.seconds);
  const pushes = await pushesToLive(bench, repository, {
    namespace,
    pushes: isQuick ? 5 : 50,
    url: `${nopea.httpUrl}/webhook/${namespace}/bench`,
    secret: nopea.webhookSecret,
  });
  const times = pushes.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const requests = pushes.map(push => push.requests).sort((a, b) => a - b);
  add("push to live: p50", "ms", quantile(times, 0.5));
  add("push to live: p95", "ms", quantile(times, 0.95));
  add("push to live: API requests", "", quantile(requests, 0.5));
  await clear(bench, namespace, bare);
}
