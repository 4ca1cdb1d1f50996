/** `npm run soak`: hours of polls, edits and commits within minutes, and whether nopea holds on to more and more of anything. */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createKubeClient } from "../../src/local/kube-client";
import { anySeed, randomFrom } from "../support/random";
import { describeMachine, loadNow, machineLine } from "./machine";
import { peakMegabytes, residentMegabytes } from "./process-figures";
import { check, checkCounts, checkMemory, tell, type Check } from "./soak/checks";
import { createFleet, type Fleet, type FleetOptions } from "./soak/fleet";
import { holdingsOf, openWatches, type Holdings } from "./soak/holdings";
import { work, type Worked } from "./soak/work";
import { startWorld, type BenchWorld } from "./world";

const { values: options } = parseArgs({
  options: {
    /** Of wall clock, for all of it but starting and ending. */
    minutes: { type: "string", default: process.env.NOPEA_SOAK_MINUTES ?? "10" },
    repositories: { type: "string", default: "100" },
    objects: { type: "string", default: "50" },
    /** Asked for by each GitRepository; 1s is the least that nopea takes. */
    interval: { type: "string", default: "2s" },
  },
});

/** RSS of the watcher: Pepr's limit is 512 MiB. */
const MOST_MEGABYTES = 400;
/** Shares of the time: what is filled once is filled after the warm-up. */
const WARM_UP = 0.35;
const LOAD = 0.5;
/** What was under way ends, and sockets that nobody uses are closed. */
const CALM_MS = 45_000;
/** By default a repository asks Git every five minutes. */
const POLLS_AN_HOUR = 12;

const say = (line: string) => {
  console.error(line);
};

async function main(): Promise<void> {
  const world = await startWorld(say, { NODE_OPTIONS: "--inspect=127.0.0.1:0" });
  try {
    const machine = await describeMachine(world.controlPlane, world.kube);
    const loads = [loadNow()];
    const checks = await soak(world);
    loads.push(loadNow());
    console.log(machineLine(machine, loads));
    if (tell(checks) > 0) process.exitCode = 1;
  } finally {
    await world.stop();
  }
}

interface Moment {
  readonly watcher: Holdings;
  readonly admission: Holdings;
  readonly watches: { readonly watches: number };
}

async function soak(world: BenchWorld): Promise<readonly Check[]> {
  const { kube, nopea, controlPlane } = world;
  const size: FleetOptions = {
    kube,
    git: world.git,
    repositories: Number(options.repositories),
    objects: Number(options.objects),
    interval: options.interval,
  };
  const pids = [nopea.watcher.pid(), nopea.admission.pid()];
  const fleet = await createFleet(size);
  say(`${options.repositories} repositories × ${options.objects} objects are synced`);
  const jane = createKubeClient(controlPlane.accessFor("jane", ["system:masters"]));
  const seed = anySeed();
  console.log(`seed ${seed} (NOPEA_SEED)`);
  const random = randomFrom(seed);
  const minutes = Number(options.minutes);
  const during = (share: number) =>
    work({ world, fleet, jane, random }, minutes * share * 60_000, () => sayHow(world));
  const warmUp = await during(WARM_UP);
  const before = await look(world, fleet);
  const load = await during(LOAD);
  const after = await look(world, fleet);
  await jane.close();
  return [
    ...checkProcesses(world, pids),
    ...(await checkLimits(world, [warmUp, load], size.repositories)),
    ...checkGrowth(before, after),
    ...(await checkState(world, fleet)),
  ];
}

async function sayHow({ nopea, git }: BenchWorld): Promise<void> {
  const resident = await residentMegabytes(nopea.watcher.pid());
  say(
    `watcher ${resident} MB, load average ${loadNow().toFixed(1)}, ${git.requests.length} in Git's log`,
  );
}

/** At rest: nobody edits or commits, while polls go on. */
async function look({ kube, nopea }: BenchWorld, fleet: Fleet): Promise<Moment> {
  await sleep(CALM_MS);
  const differing = await fleet.differing();
  if (differing.length > 0) say(`still different at rest: ${differing.join(", ")}`);
  const moment = {
    watcher: await holdingsOf(nopea.watcher),
    admission: await holdingsOf(nopea.admission),
    watches: { watches: await openWatches(kube) },
  };
  say(JSON.stringify(moment));
  return moment;
}

function checkProcesses({ nopea }: BenchWorld, pids: readonly number[]): readonly Check[] {
  const now = [nopea.watcher, nopea.admission].filter(each => each.running());
  const isSame = now.length === 2 && now.every((each, index) => each.pid() === pids[index]);
  return [check("both processes live on", isSame, `${now.length} of 2`)];
}

async function checkLimits(
  { nopea }: BenchWorld,
  worked: readonly Worked[],
  repositories: number,
): Promise<readonly Check[]> {
  const sum = (what: keyof Worked) => worked.reduce((all, one) => all + one[what], 0);
  const peak = await peakMegabytes(nopea.watcher.pid());
  const hours = sum("polls") / repositories / POLLS_AN_HOUR;
  const deeds = `${sum("edits")} edits, ${sum("commits")} commits, ${sum("pushes")} pushes, ${sum("recreated")} made anew`;
  return [
    check(`watcher: never more than ${MOST_MEGABYTES} MB resident`, peak < MOST_MEGABYTES, peak),
    check(
      "an hour's polls and more were made (of 5 minutes each)",
      hours >= Math.min(1, Number(options.minutes) / 10),
      `${hours.toFixed(1)} h of ${repositories} repositories, ${sum("polls")} polls; ${deeds}`,
    ),
  ];
}

const COUNTS = ["sockets", "otherFiles", "timers", "handles"] as const;

function checkGrowth(before: Moment, after: Moment): readonly Check[] {
  return [
    ...(["watcher", "admission"] as const).flatMap(who => [
      ...checkMemory(who, before[who], after[who]),
      ...checkCounts(who, before[who], after[who], COUNTS),
    ]),
    ...checkCounts("API server", before.watches, after.watches, ["watches"]),
  ];
}

async function checkState({ nopea }: BenchWorld, fleet: Fleet): Promise<readonly Check[]> {
  const response = await fetch(`${nopea.httpUrl}/metrics`);
  const metrics = await response.text();
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    );
  const differing = await fleet.differing();
  const waiting = sum("nopea_queue_depth");
  const syncs = Number(/^nopea_queue_depth\{[^}]*queue="syncs"[^}]*\} (\S+)$/m.exec(metrics)?.[1]);
  return [
    // polls come faster than Git answers, so that some always wait for their turn
    check("a sync each waits at most", syncs <= fleet.members.length, syncs),
    check("nothing else waits in a queue", waiting === syncs, waiting - syncs),
    check(
      "no worker broke",
      sum("nopea_worker_restarts_total") === 0,
      sum("nopea_worker_restarts_total"),
    ),
    check(
      "a worker each, none left over",
      sum("nopea_workers") === fleet.members.length,
      sum("nopea_workers"),
    ),
    check("no drift is open", sum("nopea_drift_open") === 0, sum("nopea_drift_open")),
    check(
      "every object holds what Git says",
      differing.length === 0,
      differing.length === 0 ? "all" : differing.join(", "),
    ),
  ];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
