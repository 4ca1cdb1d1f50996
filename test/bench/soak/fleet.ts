/** The repositories of the soak, what Git holds in each of them, and what people and commits do to them meanwhile. */
import { eventually } from "../../../src/local/eventually";
import type { GitServer, ServedRepository } from "../../../src/local/git-server";
import type { KubeClient } from "../../../src/local/kube-client";
import type { KubeObject } from "../../../src/local/kube-types";
import { delivery, post } from "../../support/webhooks";
import { gitRepository, makeNamespace, synced } from "../config-maps";

export interface FleetOptions {
  readonly kube: KubeClient;
  readonly git: GitServer;
  readonly repositories: number;
  readonly objects: number;
  /** Of each repository's polls; nopea takes no less than `1s`. */
  readonly interval: string;
}

/** One repository and its namespace. */
interface Member {
  readonly namespace: string;
  readonly repository: ServedRepository;
}

export interface Fleet {
  readonly members: readonly Member[];
  commit(random: Random): Promise<void>;
  push(random: Random, httpUrl: string, secret: string): Promise<void>;
  /** Of one object after the other, of the repositories that are edited at all. */
  edit(by: KubeClient): Promise<void>;
  /** The GitRepository of one that nobody edits goes, its objects with it, and comes back. */
  recreate(random: Random): Promise<void>;
  /** Each object that does not hold what Git says, with both values. */
  differing(): Promise<readonly string[]>;
}

/** Below 1, as Math.random. */
export type Random = () => number;

/**
 * Repositories that people edit: few, so that each has its fifty closed DriftRecords before the warm-up ends; and enough
 * that no object is edited more than four times in ten minutes, after which it would be healed more rarely.
 */
const EDITED = 16;
const PATIENCE_MS = 180_000;

/** All of them synced. */
export async function createFleet(options: FleetOptions): Promise<Fleet> {
  const { kube, git, repositories, objects, interval } = options;
  const spec = { interval, deletionPolicy: "Delete" };
  const members: Member[] = [];
  const commits: { readonly namespace: string; readonly commit: string }[] = [];
  for (let index = 0; index < repositories; index++) {
    const namespace = `soak-${index}`;
    const repository = await git.create(namespace);
    const files = Array.from({ length: objects }, (_, each) => fileOf(each, "0"));
    const commit = await repository.commit(Object.fromEntries(files));
    await makeNamespace(kube, namespace);
    members.push({ namespace, repository });
    commits.push({ namespace, commit });
  }
  const create = ({ namespace, repository }: Member) =>
    kube.create(gitRepository(repository, namespace, spec));
  await Promise.all(members.map(create));
  for (const { namespace, commit } of commits) await synced(kube, namespace, commit);

  async function commit(random: Random): Promise<{ member: Member; head: string }> {
    const member = pick(members, random);
    const file = fileOf(Math.floor(random() * objects), `commit ${Math.floor(random() * 1e9)}`);
    const head = await member.repository.commit(Object.fromEntries([file]));
    return { member, head };
  }

  let edits = 0;
  const edited = members.slice(0, EDITED);
  return {
    members,
    commit: async random => {
      await commit(random);
    },
    async push(random, httpUrl, secret) {
      const { member, head } = await commit(random);
      const url = `${httpUrl}/webhook/${member.namespace}/bench`;
      await post(url, delivery("github/push", { secret, branch: "main", commit: head }));
    },
    async edit(by) {
      const [member, index] = [edited[edits % edited.length], Math.floor(edits / edited.length)];
      edits++;
      if (member === undefined) return;
      const name = `cm-${index % objects}`;
      const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: member.namespace, name };
      await by.patch(ref, { data: { value: `by hand ${edits}` } });
    },
    async recreate(random) {
      const member = pick(members.slice(EDITED), random);
      const { apiVersion, kind, metadata } = gitRepository(member.repository, member.namespace);
      const ref = { apiVersion, kind, namespace: member.namespace, name: metadata.name };
      await kube.delete(ref);
      await eventually(async () => (await kube.find(ref)) === undefined, PATIENCE_MS);
      await create(member);
      await eventually(async () => (await differingIn(kube, member)).length === 0, PATIENCE_MS);
    },
    differing: async () => {
      const all: string[] = [];
      for (const member of members) all.push(...(await differingIn(kube, member)));
      return all;
    },
  };
}

async function differingIn(
  kube: KubeClient,
  { namespace, repository }: Member,
): Promise<readonly string[]> {
  const objects = await kube.list<ConfigMap>("v1", "ConfigMap", { namespace });
  const live = new Map(objects.map(({ metadata, data }) => [metadata.name, data?.value]));
  // each file is one line
  const lines = (await repository.git("grep", "-h", "-e", "", "main")).trim().split("\n");
  return lines.flatMap(line => {
    const { metadata, data } = JSON.parse(line) as ConfigMap;
    const value = live.get(metadata.name);
    if (value === data?.value) return [];
    return [`${namespace}/${metadata.name}: ${value ?? "none"} instead of ${data?.value}`];
  });
}

type ConfigMap = KubeObject & { readonly data?: { readonly value?: string } };

function fileOf(index: number, value: string): readonly [path: string, content: string] {
  const metadata = { name: `cm-${index}` };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { value } };
  return [`cm-${index}.json`, JSON.stringify(object)];
}

function pick<T>(all: readonly T[], random: Random): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error("there is nothing to choose from");
  return one;
}
