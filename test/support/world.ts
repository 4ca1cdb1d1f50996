/** What end-to-end tests start from: the cluster, a Git server, the running pair, and applications that join the three. */
import { afterAll } from "vitest";
import type { CommitOptions, Files } from "../../src/local/git-fast-import";
import type { GitServer, ServedRepository } from "../../src/local/git-server";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import type { RepositoryStatus } from "../../src/model/git-repository";
import { nopeaUser, runningNopea, type RunningNopea } from "./nopea";
import { auditMark, requestsSince, type AuditedRequest } from "./audit";
import { eventually, testCluster, type TestCluster } from "./cluster";
import { useGitServer } from "./git";

export const repositoryApi = "nopea.false.systems/v1alpha1";

export interface GitRepositoryObject extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: RepositoryStatus;
}

export interface AppOptions {
  readonly name?: string;
  /** Default: a new one. */
  readonly namespace?: string;
  /** Default: a new Git repository. */
  readonly repository?: ServedRepository;
  /** The first commit of a new Git repository; undefined: none. */
  readonly files?: Files;
  /** Merged over url and `interval: 5s`. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A GitRepository with its Git repository and its namespace. */
export interface App {
  readonly namespace: string;
  readonly name: string;
  readonly ref: ObjectRef;
  readonly repository: ServedRepository;
  /** The first commit; "" without files. */
  readonly commit: string;
  push(files: Files, options?: CommitOptions): Promise<string>;
  resource(): Promise<GitRepositoryObject>;
  /** The GitRepository as soon as it fits; the error after the time shows its last status. */
  until(fits: (status: RepositoryStatus) => boolean, ms?: number): Promise<GitRepositoryObject>;
  /** Until this commit (default: the first) is in. */
  synced(commit?: string, ms?: number): Promise<GitRepositoryObject>;
  /** Until Ready is False with a message that fits; the message. */
  failed(message: RegExp, ms?: number): Promise<string>;
  /** An object of a kind in the app's namespace, as soon as it is there. */
  object<T extends KubeObject>(apiVersion: string, kind: string, name: string): Promise<T>;
  find<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    name: string,
  ): Promise<T | undefined>;
  /** The data of a ConfigMap in the app's namespace; undefined when there is none. */
  data(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Until the ConfigMap's only value is this one. */
  holds(name: string, value: string, ms?: number): Promise<void>;
  edit(spec: Readonly<Record<string, unknown>>): Promise<GitRepositoryObject>;
  annotate(annotations: Readonly<Record<string, string | null>>): Promise<GitRepositoryObject>;
  remove(): Promise<void>;
  /** How many syncs the watcher has told of in its log. */
  syncs(): Promise<number>;
}

export interface World {
  readonly cluster: TestCluster;
  readonly nopea: RunningNopea;
  git(): GitServer;
  app(options?: AppOptions): Promise<App>;
  /** The App of a GitRepository that something else made. */
  attach(identity: Pick<App, "namespace" | "name" | "repository" | "commit">): App;
  mark(): Promise<number>;
  /** What nopea has asked since the mark. */
  requests(mark: number): Promise<AuditedRequest[]>;
  /** What nopea has written since the mark; the status of GitRepositories and Events are left out. */
  writes(mark: number): Promise<AuditedRequest[]>;
}

/** The world of one test file; its GitRepositories are deleted before its Git server stops. */
export function useWorld(): World {
  const cluster = testCluster();
  const git = useGitServer();
  const nopea = runningNopea();
  const apps: App[] = [];
  afterAll(async () => {
    await Promise.all(apps.map(app => app.remove()));
  });
  const keep = (app: App) => {
    apps.push(app);
    return app;
  };
  const requests = (mark: number) => requestsSince(cluster.auditLog, mark, { user: nopeaUser });
  return {
    cluster,
    git,
    nopea,
    app: async (options = {}) => keep(await createApp({ cluster, git: git(), nopea }, options)),
    attach: identity => keep(describeApp({ cluster, git: git(), nopea }, identity)),
    mark: () => auditMark(cluster.auditLog),
    requests,
    writes: async mark => (await requests(mark)).filter(isWriteOfObject),
  };
}

const writing = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** What tells of what was done, and is not what was done. */
const telling = new Set(["gitrepositories/status", "events"]);

/** A dry run writes nothing. */
function isWriteOfObject({ verb, resource, uri }: AuditedRequest): boolean {
  const isDryRun = uri.includes("dryRun=All");
  return writing.has(verb) && !isDryRun && !telling.has(resource);
}

interface Parts {
  readonly cluster: TestCluster;
  readonly git: GitServer;
  readonly nopea: RunningNopea;
}

async function createApp(parts: Parts, options: AppOptions): Promise<App> {
  const { admin } = parts.cluster;
  const namespace = options.namespace ?? (await parts.cluster.createNamespace("e2e"));
  const name = options.name ?? "app";
  const repository = options.repository ?? (await parts.git.create(`${namespace}/${name}`));
  const commit = options.files === undefined ? "" : await repository.commit(options.files);
  await admin.create({
    apiVersion: repositoryApi,
    kind: "GitRepository",
    metadata: { namespace, name },
    spec: { url: repository.url, interval: "5s", ...options.spec },
  });
  return describeApp(parts, { namespace, name, repository, commit });
}

type Identity = Pick<App, "namespace" | "name" | "repository" | "commit">;

function describeApp({ cluster: { admin }, nopea }: Parts, identity: Identity): App {
  const { namespace, name, repository, commit } = identity;
  const ref = { apiVersion: repositoryApi, kind: "GitRepository", namespace, name };
  const resource = () => admin.get<GitRepositoryObject>(ref);
  const until: App["until"] = (fits, ms = 60_000) =>
    eventually(async () => {
      const found = await resource();
      if (fits(found.status ?? {})) return found;
      throw new Error(`${namespace}/${name}: ${JSON.stringify(found.status)}`);
    }, ms);
  const find = <T extends KubeObject>(apiVersion: string, kind: string, of: string) =>
    admin.find<T>({ apiVersion, kind, namespace, name: of });
  const data = async (of: string) => {
    const found = await find<KubeObject & { data?: Readonly<Record<string, string>> }>(
      "v1",
      "ConfigMap",
      of,
    );
    return found === undefined ? undefined : (found.data ?? {});
  };
  return {
    ...identity,
    ref,
    push: (files, options) => repository.commit(files, options),
    resource,
    until,
    synced: (wanted = commit, ms) =>
      until(status => status.phase === "Synced" && status.lastSyncedCommit === wanted, ms),
    failed: async (message, ms) => {
      const found = await until(
        status => status.phase === "Failed" && message.test(readyMessage(status)),
        ms,
      );
      return readyMessage(found.status);
    },
    find,
    object: <T extends KubeObject>(apiVersion: string, kind: string, of: string) =>
      eventually(() => find<T>(apiVersion, kind, of), 60_000) as Promise<T>,
    data,
    holds: async (of, value, ms = 30_000) => {
      await eventually(async () => {
        const found = JSON.stringify(await data(of));
        if (found === JSON.stringify({ value })) return true;
        throw new Error(`${namespace}/${of} holds ${found}`);
      }, ms);
    },
    edit: spec => admin.patch(ref, { spec }),
    annotate: annotations => admin.patch(ref, { metadata: { annotations } }),
    remove: () => admin.delete(ref),
    syncs: async () => countSyncs(await nopea.watcher.log(), `${namespace}/${name}`),
  };
}

/** The message of the condition Ready; "" when there is none. */
export function readyMessage(status: RepositoryStatus | undefined): string {
  return conditionOf(status, "Ready")?.message ?? "";
}

/** A condition by its type. */
export function conditionOf(status: RepositoryStatus | undefined, type: string) {
  return status?.conditions?.find(condition => condition.type === type);
}

function countSyncs(log: string, repository: string): number {
  const field = `"repository":"${repository}"`;
  return log
    .split("\n")
    .filter(line => line.includes(field))
    .filter(line => line.includes('"msg":"synced"') || line.includes('"msg":"sync failed"')).length;
}

/** The text of a ConfigMap with one key, `value`. */
export function configMap(name: string, value: string, namespace?: string): string {
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { value } });
}

/** The text of a Deployment `api` with one container of that name. */
export function deployment(image: string): string {
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "api" },
    spec: {
      selector: { matchLabels: { app: "api" } },
      template: {
        metadata: { labels: { app: "api" } },
        spec: { containers: [{ name: "api", image }] },
      },
    },
  });
}
