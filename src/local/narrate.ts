/** Follows all GitRepositories of the local cluster and tells on the terminal what happens to them. */
import { setTimeout as sleep } from "node:timers/promises";
import { accountOf, type SeenRepository, type Told } from "./account";
import type { KubeClient } from "./kube-client";
import type { WatchEvent } from "./kube-types";

const kind = { apiVersion: "nopea.false.systems/v1alpha1", kind: "GitRepository" };

/** Tells until the signal aborts; a watch that the server ends is taken up again. */
export async function narrate(
  kube: KubeClient,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const told = new Map<string, Told>();
  while (!signal.aborted) {
    const watching = kube.watch(kind, event => onEvent(event, { told, kube, say }), signal);
    await watching.catch(() => undefined);
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}

interface Telling {
  readonly told: Map<string, Told>;
  readonly kube: KubeClient;
  readonly say: (line: string) => void;
}

function onEvent(event: WatchEvent, { told, kube, say }: Telling): void {
  if (event.type === "BOOKMARK" || event.type === "ERROR") return;
  const repository = event.object as SeenRepository;
  const { namespace = "", name } = repository.metadata;
  const key = `${namespace}/${name}`;
  if (event.type === "DELETED") {
    told.delete(key);
    say(stamp(key, "Deleted"));
    return;
  }
  const account = accountOf(told.get(key), repository, Date.now());
  told.set(key, account.told);
  for (const line of account.lines) say(stamp(key, line));
  if (account.synced) void listObjects(kube, repository).then(lines => lines.forEach(say));
}

function stamp(key: string, line: string): string {
  return `${new Date().toTimeString().slice(0, 8)}  ${key}  ${line}`;
}

const shownObjects = 12;

async function listObjects(kube: KubeClient, repository: SeenRepository): Promise<string[]> {
  const { namespace = "", name } = repository.metadata;
  const labelSelector = `nopea.io/repository=${name},nopea.io/repository-namespace=${namespace}`;
  const kinds = repository.status?.resources?.kinds ?? [];
  const lists = kinds.map(async text => {
    const at = text.lastIndexOf("/");
    const found = await kube
      .list(text.slice(0, at), text.slice(at + 1), { labelSelector })
      .catch(() => []);
    return found.map(object => `${object.kind} ${pathOf(object.metadata)}`);
  });
  const lines = (await Promise.all(lists)).flat();
  const more = lines.length - shownObjects;
  const tail = more > 0 ? [`… and ${more} more`] : [];
  return [...lines.slice(0, shownObjects), ...tail].map(line => `            ${line}`);
}

function pathOf(metadata: { readonly namespace?: string; readonly name: string }): string {
  const { namespace, name } = metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
