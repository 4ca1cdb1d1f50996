/** All that workers can reach, as fakes, with a supervisor that is told of GitRepositories as in a cluster. */
import { createIds } from "../../src/adapters/ids";
import { createSealer } from "../../src/adapters/seal";
import { sha256 } from "../../src/adapters/sha256";
import type { RepositoryId, RepositoryStatus } from "../../src/model/git-repository";
import type { Happening } from "../../src/model/happening";
import type { Settings } from "../../src/model/settings";
import type { LogFields, OpenDrift, World } from "../../src/ports";
import { createInbox, type Inbox } from "../../src/worker/inbox";
import { createSupervisor, type Supervisor } from "../../src/worker/supervisor";
import { createPulse, type Heartbeat } from "../../src/worker/pulse";
import { createFakeClock, type FakeClock } from "./fake-clock";
import { createFakeCluster, type FakeCluster } from "./fake-cluster";
import { createFakeDriftRecords, type FakeDriftRecords } from "./fake-drift-records";
import { createFakeSecrets, type FakeSecrets } from "./fake-secrets";
import type { Spec } from "./fake-repositories";
import { createFakeGit, type FakeGit } from "./fake-git-source";

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

export interface FakeWorld {
  readonly clock: FakeClock;
  readonly git: FakeGit;
  readonly secrets: FakeSecrets;
  readonly cluster: FakeCluster;
  readonly records: FakeDriftRecords;
  readonly log: readonly LogLine[];
  /** What was told to be worth telling outside. */
  readonly happenings: readonly Happening[];
  readonly pulse: Heartbeat;
  readonly metrics: {
    restarts: number;
    /** `applied created`, `healed 5`: everything else, in its order. */
    readonly counted: string[];
    readonly openDrift: Map<string, OpenDrift>;
    workers: number;
    synced: number;
    failed: number;
    readonly suspended: Map<string, readonly number[]>;
  };
  readonly settings: { current: Settings };
  readonly supervisor: () => Supervisor;
  readonly inbox: () => Inbox;
  /** The process ends and another one begins: memory is lost, cluster and Git are not. */
  restart(): Promise<void>;
  /** A GitRepository, by default shop/my-app on branch main of URL, with an interval of 5s; settled. */
  create(spec?: Spec, name?: string, namespace?: string): Promise<RepositoryId>;
  /** What the API server holds as the status. */
  status(id: RepositoryId): RepositoryStatus;
  /** The Ready condition: "True Synced: Commit …". */
  ready(id: RepositoryId): string;
}

/** What seals of the fake world are made with. */
export const SEAL_KEY = "sesame";
export const URL = "https://git.example.com/my-app.git";

/** A namespace `shop` and nothing else, unless the test makes it. */
export function createFakeWorld(change: (world: World) => World = world => world): FakeWorld {
  const clock = createFakeClock();
  const git = createFakeGit();
  const secrets = createFakeSecrets();
  const cluster = createFakeCluster();
  const records = createFakeDriftRecords();
  const log: LogLine[] = [];
  const happenings: Happening[] = [];
  const metrics: FakeWorld["metrics"] = {
    restarts: 0,
    counted: [],
    openDrift: new Map<string, OpenDrift>(),
    workers: 0,
    synced: 0,
    failed: 0,
    suspended: new Map<string, readonly number[]>(),
  };
  const settings = {
    current: {
      concurrentSyncs: 8,
      allowPrivateHosts: true,
      allowLoopback: false,
      showValues: "safe",
      eventValues: false,
    } as Settings,
  };
  const write = (level: LogLine["level"]) => (fields: LogFields, message: string) =>
    void log.push({ level, message, fields });
  const count = (what: string, which: string) => void metrics.counted.push(`${what} ${which}`);
  const pulse = createPulse(clock, { error: write("error") });
  const world = change({
    git: git.source,
    secrets: secrets.port,
    cluster: cluster.port,
    driftRecords: records.port,
    clock,
    log: { info: write("info"), warn: write("warn"), error: write("error") },
    metrics: {
      stepEnded: step => count("step", step),
      gitAsked: () => undefined,
      gitReceived: () => undefined,
      applied: outcome => count("applied", outcome),
      deleted: outcome => count("deleted", outcome),
      driftDetected: found => count("detected", found),
      driftEnded: decision => count("ended", decision),
      healed: seconds => count("healed", `${seconds}`),
      openDrift: (uid, open) => void metrics.openDrift.set(uid, open),
      depth: () => undefined,
      dropped: () => undefined,
      hookDecided: () => undefined,
      syncEnded: outcome => (metrics[outcome] += 1),
      workerRestarted: () => (metrics.restarts += 1),
      httpAnswered: () => undefined,
      hookFailed: () => undefined,
      suspended: (uid, since) => void metrics.suspended.set(uid, since),
      workers: count => (metrics.workers = count),
    },
    notifier: { tell: happening => void happenings.push(happening) },
    pulse,
    newId: createFakeIds(() => clock.now()),
    sha256,
    verifySeal: createSealer(() => SEAL_KEY).verify,
    settings: () => settings.current,
  });
  namespace(cluster, "shop");
  git.create(URL);
  let supervisor = createSupervisor(world);
  let inbox = createInbox(supervisor);
  cluster.repositories.watch(inbox);
  secrets.watch(secret => supervisor.secretChanged(secret));
  return {
    clock,
    git,
    secrets,
    cluster,
    records,
    log,
    happenings,
    pulse,
    metrics,
    settings,
    supervisor: () => supervisor,
    inbox: () => inbox,
    async restart() {
      supervisor.stop();
      await clock.settle();
      supervisor = createSupervisor(world);
      inbox = createInbox(supervisor);
      cluster.repositories.watch(inbox);
      await clock.settle();
    },
    async create(spec = {}, name = "my-app", inNamespace = "shop") {
      const defaults = { url: URL, branch: "main", interval: "5s" };
      const id = cluster.repositories.create(inNamespace, name, { ...defaults, ...spec });
      await clock.settle();
      return id;
    },
    status: id => cluster.repositories.statusOf(id),
    ready: id => {
      const { conditions = [] } = cluster.repositories.statusOf(id);
      const condition = conditions.find(({ type }) => type === "Ready");
      return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
    },
  };
}

/** ULIDs whose last digits say "no later than asked": so that tests can tell to the millisecond when polls come. */
function createFakeIds(now: () => number): () => string {
  const newId = createIds(now);
  return () => `${newId().slice(0, -2)}00`;
}

/** A Namespace that somebody made. */
export function namespace(cluster: FakeCluster, name: string): void {
  cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, "kubectl");
}

/** The text of a ConfigMap. */
export function configMap(name: string, data: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
}
