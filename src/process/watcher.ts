/** The watcher: everything that acts. Configuration → adapters → supervisor. */
import { clock } from "../adapters/clock";
import { createGitConnections, proxiesOf } from "../adapters/git/connections";
import { createGitSource } from "../adapters/git/git-source";
import { startHttpServer } from "../adapters/http/server";
import { createIds } from "../adapters/ids";
import type { Kube } from "../adapters/kube/client";
import { createCluster } from "../adapters/kube/cluster";
import { createDriftRecords } from "../adapters/kube/drift-records";
import { followAll } from "../adapters/kube/follow-all";
import { installDefinitions } from "../adapters/kube/install";
import { createSecrets } from "../adapters/kube/secrets";
import { createWebhookConfigurations } from "../adapters/kube/webhook-configurations";
import { installService } from "../adapters/kube/service";
import { createSealer } from "../adapters/seal";
import { sha256 } from "../adapters/sha256";
import { verify } from "../adapters/signature";
import { webhookConfigurations } from "../core/evidence/webhook-rules";
import { healthAnswer } from "../core/health/health";
import { readinessAnswer } from "../core/health/readiness";
import { readRecord } from "../core/heal/read-record";
import { recordOf } from "../core/heal/record";
import { parseGitCredentials } from "../core/repository/git-credentials";
import type { KindInfo } from "../model/manifest";
import type { Settings } from "../model/settings";
import type { Metrics } from "../ports";
import { createInbox, type Inbox } from "../worker/inbox";
import { createPulse, type Heartbeat } from "../worker/pulse";
import { createReceiver } from "../worker/receive";
import { createSupervisor, type Supervisor } from "../worker/supervisor";
import { createWatchBoard, type WatchBoard } from "../worker/watch-board";
import { addressPolicy } from "./address-policy";
import { connect } from "./connect";
import { createNotifier } from "./notifier";
import { DRIFT_RECORDS, GIT_REPOSITORIES } from "../model/own-kinds";
import { createSettings } from "./settings";
import type { Shell } from "./shell";
import { untilDone } from "./until-done";

const rfc3339 = (milliseconds: number) => clock.rfc3339(milliseconds);

/** `serve` is called when GitRepositories can be taken. */
export async function runWatcher(shell: Shell, serve: (inbox: Inbox) => void): Promise<void> {
  const { log, life } = shell;
  tellRejections(shell);
  const { kube, stream } = await connect();
  await untilDone(shell, "CustomResourceDefinitions applied", () => installDefinitions(kube, life));
  const settings = createSettings(kube, log, life);
  await untilDone(shell, "settings read", () => settings.begin());
  const pulse = createPulse(clock, log);
  const supervisor = supervise(shell, { kube, stream, settings, pulse });
  const inbox = createInbox(supervisor);
  const board = createWatchBoard(clock, inbox);
  openHttp(shell, { supervisor, settings, kube, pulse, board });
  serve(inbox);
  const follow = { kube, stream, log, life };
  followAll({ ...follow, kind: DRIFT_RECORDS, listener: supervisor.records });
  const connected = (now: boolean) => board.connected(now);
  followAll({ ...follow, kind: GIT_REPOSITORIES, listener: board, connected });
  void settings.follow(
    () => supervisor.nudgeAll(),
    () => board.answered(),
  );
}

interface Reach extends Awaited<ReturnType<typeof connect>> {
  readonly settings: ReturnType<typeof createSettings>;
  readonly pulse: Heartbeat;
}

function supervise(shell: Shell, { kube, stream, settings, pulse }: Reach): Supervisor {
  const { log, metrics, life } = shell;
  const build = webhookConfigurations;
  const hooks = createWebhookConfigurations({
    ...{ kube, stream, build, log, life },
    withConditions: settings.takesMatchConditions,
  });
  const newId = createIds(() => clock.now());
  const followed = (kinds: readonly KindInfo[]) => hooks.manage(kinds);
  const supervisor = createSupervisor({
    git: createGit(() => settings.current(), metrics),
    secrets: createSecrets({
      kube,
      stream,
      parse: parseGitCredentials,
      changed: secret => supervisor.secretChanged(secret),
      clock,
      log,
      life,
    }),
    cluster: createCluster({ kube, stream, log, life, followed }),
    driftRecords: createDriftRecords(kube, {
      write: (repository, episode) => recordOf(repository, episode, { rfc3339, sha256 }),
      read: readRecord,
      sha256,
    }),
    clock,
    log,
    metrics,
    notifier: createNotifier(shell, { kube, settings: settings.current, newId }),
    pulse,
    newId,
    sha256,
    verifySeal: createSealer(settings.sealKey).verify,
    settings: settings.current,
  });
  return supervisor;
}

function createGit(settings: () => Settings, metrics: Metrics) {
  const policy = addressPolicy(settings);
  const connections = createGitConnections({ policy, proxies: proxiesOf(process.env) });
  const traffic = {
    asked: (outcome: "answered" | "failed") => metrics.gitAsked(outcome),
    received: (bytes: number) => metrics.gitReceived(bytes),
  };
  return createGitSource({ connections, traffic });
}

/** Nobody waits for these: a bug, and no reason to end what else runs. */
function tellRejections({ log }: Shell): void {
  process.on("unhandledRejection", error => {
    log.error(
      { error: error instanceof Error ? error.stack : String(error) },
      "unhandled rejection",
    );
  });
}

interface HttpParts {
  readonly supervisor: Supervisor;
  readonly settings: ReturnType<typeof createSettings>;
  readonly kube: Kube;
  readonly pulse: Heartbeat;
  readonly board: WatchBoard;
}

/** Webhooks, health and metrics, on a port of our own; nothing waits for it or for its Service. */
function openHttp(shell: Shell, parts: HttpParts): void {
  const { supervisor, settings, kube, pulse, board } = parts;
  const { log, metrics, metricsText, life } = shell;
  const port = settings.httpPort();
  const secrets = () => settings.current().webhookSecrets;
  const health = () => healthAnswer(pulse.works(), clock.now());
  const readiness = () => readinessAnswer(board.watching(), clock.now());
  startHttpServer({
    port,
    receive: createReceiver({ secrets, verify, supervisor, health, readiness, log }),
    metrics: metricsText,
    answered: outcome => metrics.httpAnswered(outcome),
    log,
  });
  void untilDone(shell, "Service applied", () => installService(kube, port, life));
}
