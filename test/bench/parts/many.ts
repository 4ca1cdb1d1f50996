/** Many repositories of a few objects each, all of them made at once. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sideBySide } from "../../../src/worker/side-by-side";
import { bareLoop, configMaps, gitRepository, makeNamespace, synced } from "../config-maps";
import type { Add } from "../figures";
import { clear } from "../healing";
import type { Bench, Part } from "../part";

export const many: Part = {
  name: "many",
  goals: [
    {
      measure:
        "100 repositories × 20 objects, all new (floor: git clone of each, then as many server-side applies)",
      figure: "all repositories synced",
      floor: "git clone of each, and the bare loop",
      bound: "at most",
      limit: 20,
    },
  ],
  async measure(bench, add) {
    for (let run = 1; run <= Math.min(bench.runs, 3); run++) {
      await measureOnce(bench, run, add);
      bench.say(`many: run ${run} done`);
    }
  },
};

/** From the first GitRepository's creation until the last one's status names its commit. */
async function measureOnce(bench: Bench, run: number, add: Add): Promise<void> {
  const { kube, git, nopea, isQuick } = bench;
  const { repositories, objects } = isQuick
    ? { repositories: 10, objects: 5 }
    : { repositories: 100, objects: 20 };
  const bare = `many-bare-${run}`;
  const loop = await bareLoop({ kube, objects: repositories * objects }, bare);
  add("bare loop of as many applies", "s", loop);
  const namespaces = Array.from({ length: repositories }, (_, index) => `many-${run}-${index}`);
  const served = [];
  for (const namespace of namespaces) {
    const repository = await git.create(namespace);
    const commit = await repository.commit(configMaps(objects, "0"));
    await makeNamespace(kube, namespace);
    served.push({ namespace, repository, commit });
  }
  const clones = await cloneAll(served.map(({ repository }) => repository.url));
  add("git clone of each, eight at once", "s", clones);
  add("git clone of each, and the bare loop", "s", clones + loop);
  const before = await stepSeconds(nopea.httpUrl);
  const started = performance.now();
  await Promise.all(
    served.map(({ namespace, repository }) => kube.create(gitRepository(repository, namespace))),
  );
  // one after the other: to ask about all of them all the time would cost more than what is measured
  for (const { namespace, commit } of served) await synced(kube, namespace, commit);
  add("all repositories synced", "s", (performance.now() - started) / 1000);
  const after = await stepSeconds(nopea.httpUrl);
  for (const step of STEPS) {
    const spent = (after.get(step) ?? 0) - (before.get(step) ?? 0);
    add(`${step}, a repository on average`, "ms", (1000 * spent) / repositories);
  }
  await clear(bench, bare, ...namespaces);
}

const AT_ONCE = 8;

/** Seconds that git itself takes for one commit of each, as many at once as nopea syncs. */
async function cloneAll(urls: readonly string[]): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "nopea-clones-"));
  const started = performance.now();
  await sideBySide(AT_ONCE, [...urls.entries()], async ([index, url]) => {
    await promisify(execFile)("git", ["clone", "--quiet", "--depth=1", url, `${index}`], {
      cwd: directory,
    });
  });
  const seconds = (performance.now() - started) / 1000;
  await rm(directory, { recursive: true });
  return seconds;
}

/** Of a sync; the first two wait for the Git server, which starts programs for each request. */
const STEPS = ["resolve", "fetch", "render", "apply"];

/** Seconds spent in each step so far. */
async function stepSeconds(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^nopea_sync_step_duration_seconds_sum\{step="(\w+)"\} (\S+)$/gm);
  return new Map([...lines].map(([, step = "", value]) => [step, Number(value)]));
}
