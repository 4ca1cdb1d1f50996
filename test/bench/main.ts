/** `npm run bench`: what nopea costs, measured on a control plane of its own; `-- --quick` only shows that it runs. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildModule } from "../../src/local/build-module";
import { startControlPlane } from "../../src/local/control-plane";
import { startGitServer } from "../../src/local/git-server";
import { createKubeClient } from "../../src/local/kube-client";
import { startNopea, type Nopea } from "../../src/local/nopea";
import { projectRoot } from "../../src/local/paths";
import { runAdmission } from "./admission";
import {
  bareLoop,
  changeOne,
  configMaps,
  firstSync,
  idleRequests,
  pushesToLive,
  type Bench,
} from "./config-maps";
import {
  createFigures,
  quantile,
  residentMegabytes,
  table,
  type Add,
  type Figure,
} from "./figures";
import { compareClients, createMonorepo, type GitCost } from "./git";
import {
  bareHealing,
  clear,
  deployments,
  editsOfConfigMaps,
  editsOfDeployments,
  editsToHealed,
} from "./healing";
import { restartCost, restartToHealed } from "./restart";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    json: { type: "string" },
    /** git, healing, admission or sync. */
    only: { type: "string" },
  },
});

async function main(): Promise<void> {
  const say = (line: string) => console.error(line);
  await buildModule(projectRoot, say);
  const controlPlane = await startControlPlane({ audit: "Metadata", say });
  const directory = await mkdtemp(join(tmpdir(), "nopea-bench-"));
  const git = await startGitServer(directory);
  const nopea = await startNopea({ controlPlane, env: { NOPEA_ALLOW_LOOPBACK: "true" } });
  const kube = createKubeClient(controlPlane.admin);
  try {
    const auditLog = controlPlane.auditLog ?? "";
    const objects = options.quick ? 100 : 1000;
    const bench = { kube, auditLog, objects };
    const wanted = (part: string) => options.only === undefined || options.only === part;
    const figures = [
      ...(wanted("git") ? await runGit(git) : []),
      ...(wanted("healing") ? await runHealing(bench, git, nopea) : []),
      ...(wanted("admission")
        ? await runAdmission({
            ...bench,
            controlPlane,
            git,
            nopea,
            isQuick: options.quick,
            rounds: Math.min(rounds, 3),
          })
        : []),
      ...(wanted("sync") ? await run(bench, git, nopea) : []),
    ];
    await report(figures);
  } finally {
    await nopea.stop();
    await Promise.all([kube.close(), git.stop()]);
    await controlPlane.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

type Git = Awaited<ReturnType<typeof startGitServer>>;

const rounds = options.quick ? 1 : Number(options.runs);

/** 100 files of a repository of 100 MB, by three clients. */
async function runGit(git: Git): Promise<readonly Figure[]> {
  const { add, figures } = createFigures();
  const bytes = options.quick ? 2e6 : 100e6;
  for (let round = 1; round <= rounds; round++) {
    let made = 0;
    const make = () => createMonorepo(git, `monorepo-${round}-${++made}`, bytes);
    for (const cost of await compareClients(make)) addCost(add, bytes, cost);
    console.error(`Git round ${round} done`);
  }
  return figures();
}

function addCost(add: Add, bytes: number, { client, commit, ...cost }: GitCost): void {
  const what = `${bytes / 1e6} MB repository, ${commit} commit: ${client}`;
  add(what, "ms", cost.milliseconds);
  add(`${what}, transferred`, "kB", cost.kilobytes);
  for (const megabytes of cost.megabytes) add(`${what}, memory`, "MB", megabytes);
}

/** Edits, calm and restarts over one repository, and nothing else in the cluster. */
async function runHealing(bench: Bench, git: Git, nopea: Nopea): Promise<readonly Figure[]> {
  const { add, figures } = createFigures();
  const { kube, objects } = bench;
  const namespace = "healing";
  const edits = options.quick ? 5 : 50;
  const addTimes = (what: string, times: readonly number[]) => {
    add(`${what}: p50 of ${times.length}`, "ms", quantile(times, 0.5));
    add(`${what}: p95 of ${times.length}`, "ms", quantile(times, 0.95));
  };
  await bareLoop(bench, "bare-healing");
  const repository = await git.create(namespace);
  await repository.commit({ ...configMaps(objects, "0"), ...deployments(edits) });
  await firstSync(bench, repository, namespace);
  const memory = async (when: string) => {
    const measured = await residentMegabytes(nopea.watcher.pid());
    add(`resident memory of the watcher, ${objects} objects, ${when}`, "MB", measured);
  };
  await memory("synced");
  for (let round = 1; round <= (options.quick ? 1 : 3); round++) {
    addTimes("floor: watch event to healed", await bareHealing(bench, "bare-healing", edits));
    const maps = editsOfConfigMaps(namespace, edits);
    addTimes(`edit of one of ${objects} ConfigMaps to healed`, await editsToHealed(kube, maps));
    const deploys = editsOfDeployments(namespace, edits);
    addTimes("edit of a Deployment to healed", await editsToHealed(kube, deploys));
    console.error(`healing round ${round} done`);
  }
  const minute = options.quick ? 3 : 60;
  add(`requests about the objects in ${minute} s of calm`, "", await idleRequests(bench, minute));
  await memory("healed");
  for (let round = 1; round <= (options.quick ? 1 : 3); round++) {
    const { requests, about, writes } = await restartCost(bench, nopea.watcher, namespace);
    add("restart: requests beyond lists and watches", "", requests);
    add("restart: of these about the repository and its objects", "", about);
    add("restart: writes", "", writes);
    await memory("restarted");
    const { healthy, healed } = await restartToHealed(bench, nopea.watcher, namespace);
    add("restart: from process start until it is healthy", "ms", healthy);
    add("restart: from process start until an edit is healed", "ms", healed);
    console.error(`restart round ${round} done`);
  }
  await clear(kube, namespace);
  return figures();
}

async function run(bench: Bench, git: Git, nopea: Nopea): Promise<readonly Figure[]> {
  const { add, figures } = createFigures();
  const { objects } = bench;
  for (let round = 1; round <= rounds; round++) {
    const repository = await git.create(`bench-${round}`);
    await repository.commit(configMaps(objects, "0"));
    const floor = await bareLoop(bench, `bare-${round}`);
    const first = await firstSync(bench, repository, `sync-${round}`);
    const change = await changeOne(bench, repository, `sync-${round}`);
    add(`bare loop of ${objects} server-side applies`, "s", floor);
    add(`first sync of ${objects} ConfigMaps`, "s", first.seconds);
    add("first sync: share of the bare loop's rate", "", floor / first.seconds);
    add("first sync: requests", "", first.requests);
    add(`one of ${objects} changed: trigger to live`, "s", change.seconds);
    add("one changed: requests", "", change.requests);
    const live = await pushesToLive(bench, repository, {
      namespace: `sync-${round}`,
      pushes: options.quick ? 5 : 50,
      url: `${nopea.httpUrl}/webhook/sync-${round}/bench`,
      secret: nopea.webhookSecret,
    });
    add(`push to live, one of ${objects}: p50 of ${live.length}`, "ms", quantile(live, 0.5));
    add(`push to live, one of ${objects}: p95 of ${live.length}`, "ms", quantile(live, 0.95));
    console.error(`round ${round} done`);
  }
  const idle = options.quick ? 3 : 30;
  add(`requests about the objects in ${idle} s of calm`, "", await idleRequests(bench, idle));
  add("resident memory of the watcher", "MB", await residentMegabytes(nopea.watcher.pid()));
  return figures();
}

async function report(figures: readonly Figure[]): Promise<void> {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, Node ${process.versions.node}`;
  console.log(`${machine}\n\n${table(figures)}`);
  if (options.json === undefined) return;
  await writeFile(options.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
