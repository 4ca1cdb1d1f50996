/** Composition root: the only place that knows every part. Configuration → adapters → supervisor → capabilities → Pepr. */
import { Log as peprLog, metricsCollector, PeprModule } from "pepr";
import { createRepositories, type RepositoryInbox } from "./capabilities/repositories";
import manifest from "./package.json";
import { clock } from "./src/adapters/clock";
import { createGitConnections, proxiesOf } from "./src/adapters/git/connections";
import { createGitSource } from "./src/adapters/git/git-source";
import { startHttpServer } from "./src/adapters/http/server";
import { createIds } from "./src/adapters/ids";
import { keepConnectionsAlive } from "./src/adapters/keep-alive";
import { createKube, createKubeStream, type Kube } from "./src/adapters/kube/client";
import { createCluster } from "./src/adapters/kube/cluster";
import { loadCredentials } from "./src/adapters/kube/credentials";
import { createDriftRecords } from "./src/adapters/kube/drift-records";
import { installDefinitions } from "./src/adapters/kube/install";
import { createSecrets } from "./src/adapters/kube/secrets";
import { installService } from "./src/adapters/kube/service";
import { readVariables } from "./src/adapters/kube/variables";
import { versionProblem } from "./src/adapters/kube/version";
import { createWire } from "./src/adapters/kube/wire";
import { createLog } from "./src/adapters/log";
import { createMetrics, type MetricsAdapter } from "./src/adapters/metrics";
import { sha256 } from "./src/adapters/sha256";
import { verify } from "./src/adapters/signature";
import { keepAccount, readConfig, readHttpPort, readPeprPort } from "./src/config";
import { readRecord } from "./src/core/heal/read-record";
import { recordOf } from "./src/core/heal/record";
import { parseGitCredentials } from "./src/core/repository/git-credentials";
import type { Settings } from "./src/model/settings";
import type { Log } from "./src/ports";
import { createInbox } from "./src/worker/inbox";
import { createReceiver } from "./src/worker/receive";
import { createSupervisor, type Supervisor } from "./src/worker/supervisor";

const NOBODY: RepositoryInbox = { upsert: () => undefined, remove: () => undefined };
const rfc3339 = (milliseconds: number) => clock.rfc3339(milliseconds);
const SETTINGS_EVERY_MS = 30_000;
const RETRY_MS = 5_000;

/** Never aborted: the process is crash-only, and ends as a whole. */
const life = new AbortController().signal;

const mode = process.env.PEPR_MODE;
if (mode === "build") {
  // the build only asks which bindings there are; a timer or connection made here would keep it from ending
  new PeprModule(manifest, [createRepositories(NOBODY)]);
} else if (mode === "dev" || process.env.PEPR_WATCH_MODE === "true") {
  void watch();
} else {
  start(NOBODY);
}

/** Pepr begins to watch when it is constructed, and listens when it is started. */
function start(inbox: RepositoryInbox): void {
  keepConnectionsAlive();
  const module = new PeprModule(manifest, [createRepositories(inbox)], { deferStart: true });
  module.start(readPeprPort(process.env));
}

/** The watcher: everything that acts. */
async function watch(): Promise<void> {
  const log = createLog(peprLog);
  tellRejections(log);
  const metrics = createMetrics();
  appendMetrics(metrics);
  const { kube, stream } = await connect();
  await untilDone(log, "CustomResourceDefinitions applied", () => installDefinitions(kube, life));
  const settings = createSettings(kube, log);
  await untilDone(log, "settings read", settings.read);

  const supervisor = createSupervisor({
    git: createGit(() => settings.current()),
    secrets: createSecrets({
      kube,
      stream,
      parse: parseGitCredentials,
      changed: secret => supervisor.secretChanged(secret),
      clock,
      log,
      life,
    }),
    cluster: createCluster({ kube, stream, log, life }),
    driftRecords: createDriftRecords(kube, {
      write: (repository, episode) => recordOf(repository, episode, { rfc3339, sha256 }),
      read: readRecord,
      sha256,
    }),
    clock,
    log,
    metrics,
    newId: createIds(() => clock.now()),
    sha256,
    settings: settings.current,
  });
  start(createInbox(supervisor));
  openHttp({ supervisor, settings, metrics, log, kube });
  void settings.follow(() => supervisor.nudgeAll());
}

function createGit(settings: () => Settings) {
  const policy = () => ({
    allowPrivate: settings().allowPrivateHosts,
    allowLoopback: settings().allowLoopback,
  });
  const connections = createGitConnections({ policy, proxies: proxiesOf(process.env) });
  return createGitSource({ connections });
}

/** Nobody waits for these: a bug, and no reason to end what else runs. */
function tellRejections(log: Log): void {
  process.on("unhandledRejection", error => {
    log.error(
      { error: error instanceof Error ? error.stack : String(error) },
      "unhandled rejection",
    );
  });
}

/** To the API server, over connections that everybody shares. */
async function connect() {
  const credentials = await loadCredentials(() => clock.now());
  const wire = createWire(credentials);
  return { kube: createKube(wire, credentials), stream: createKubeStream(wire, credentials) };
}

interface HttpParts {
  readonly supervisor: Supervisor;
  readonly settings: ReturnType<typeof createSettings>;
  readonly metrics: MetricsAdapter;
  readonly log: Log;
  readonly kube: Kube;
}

/** Webhooks and metrics, on a port of our own; nothing waits for it or for its Service. */
function openHttp({ supervisor, settings, metrics, log, kube }: HttpParts): void {
  const port = settings.httpPort();
  const secrets = () => settings.current().webhookSecrets;
  startHttpServer({
    port,
    receive: createReceiver({ secrets, verify, supervisor, log }),
    metrics: () => metricsCollector.getMetrics(),
    answered: outcome => metrics.httpAnswered(outcome),
    log,
  });
  void untilDone(log, "Service applied", () => installService(kube, port, life));
}

/** Settings are read before anything syncs, and read again for as long as the process lives. */
function createSettings(kube: Kube, log: Log) {
  let settings: Settings | undefined;
  let httpPort = readHttpPort();
  let told = "";

  async function read(): Promise<void> {
    const { secret, configMap } = await readVariables(kube, life);
    const clusterTooOld = await versionProblem(kube, life);
    const config = readConfig(process.env, secret, configMap);
    httpPort = readHttpPort(process.env, secret, configMap);
    const problems = config.problems.join("; ");
    if (problems !== told) log.warn({ problems }, "settings that cannot be used");
    told = problems;
    const next =
      clusterTooOld === undefined ? config.settings : { ...config.settings, clusterTooOld };
    settings = keepAccount(settings, next);
  }

  function current(): Settings {
    if (settings === undefined) throw new Error("settings are used before they were read");
    return settings;
  }

  async function follow(changed: () => void): Promise<never> {
    for (;;) {
      await clock.sleep(SETTINGS_EVERY_MS, life);
      const before = JSON.stringify(settings);
      await read().catch((error: unknown) =>
        log.warn({ error: String(error) }, "settings not read"),
      );
      if (JSON.stringify(settings) !== before) changed();
    }
  }

  return { read, current, follow, httpPort: () => httpPort };
}

/** Tries for as long as it takes: without an API server there is nothing else to do. */
async function untilDone(log: Log, what: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
      log.info({ what }, "start");
      return;
    } catch (error) {
      log.warn({ what, error: String(error) }, "start waits");
      await clock.sleep(RETRY_MS, life);
    }
  }
}

/** Pepr serves /metrics; nopea's own follow its text. */
function appendMetrics(metrics: MetricsAdapter): void {
  const peprs = metricsCollector.getMetrics.bind(metricsCollector);
  metricsCollector.getMetrics = async () => `${await peprs()}\n${await metrics.text()}`;
}
