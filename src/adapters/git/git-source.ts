/** Keeps the promise of GitSource over smart HTTP: asks for a branch's tip, and fetches of a commit only what lies under `path` and is not known. */
import { NopeaError } from "../../model/errors";
import type { GitRemote } from "../../model/git-repository";
import type { GitSource, GitTree, KnownFiles } from "../../ports";
import type { Advertisement } from "./advertisement";
import { resolveBranch } from "./branch";
import type { GitConnections } from "./connections";
import { createConversation, type Conversation } from "./conversation";
import { findFolder } from "./find-folder";
import { createGitHttp, type Traffic } from "./http";
import { GIT_LIMITS, type GitLimits } from "./limits";
import { createObjectStore, partitionOf, type ObjectStore } from "./object-store";
import { createObjects, type Objects } from "./objects";
import { createPacer, type Pacer } from "./pacer";
import { readFiles } from "./read-files";
import { checkSizes, neededBefore, selectFiles, type Selected } from "./select-files";
import { parseCommit } from "./tree";
import { setNewest } from "./set-newest";
import { createTurns, type Turns } from "./turns";
import { walkFolder } from "./walk-folder";
import { withoutSecrets } from "./without-secrets";

export interface GitSourceOptions {
  readonly connections: GitConnections;
  readonly limits?: Partial<GitLimits>;
  readonly traffic?: Traffic;
}

/** What one source holds between two calls; losing it costs requests, never correctness. */
interface Shared {
  readonly connections: GitConnections;
  readonly limits: GitLimits;
  readonly traffic: Traffic | undefined;
  readonly store: ObjectStore;
  /** What servers can do, by partition. */
  readonly servers: Map<string, Advertisement>;
  /** By partition and commit. */
  readonly turns: Turns;
  readonly large: Turns;
}

/** Large packs at once: each takes up to twice its bytes in memory, and the pod has 512 MiB for everything. */
const LARGE_PACKS = 2;

/** One call. */
interface Call {
  readonly shared: Shared;
  readonly remote: GitRemote;
  readonly partition: string;
  readonly conversation: Conversation;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
}

/** Makes the source. Repositories on the same URL, read as the same user, share what is fetched. */
export function createGitSource({
  connections,
  limits: changed,
  traffic,
}: GitSourceOptions): GitSource {
  const limits = { ...GIT_LIMITS, ...changed };
  const shared: Shared = {
    connections,
    limits,
    traffic,
    store: createObjectStore(limits.storeBytes),
    servers: new Map(),
    turns: createTurns(),
    large: createTurns(LARGE_PACKS),
  };
  return {
    resolve: (remote, signal) =>
      run(shared, remote, signal, ({ conversation }) => resolveBranch(conversation, remote.branch)),
    fetch: (remote, commit, known, signal) =>
      run(shared, remote, signal, call => fetchInTurn(call, commit, known)),
  };
}

async function run<T>(
  shared: Shared,
  asked: GitRemote,
  signal: AbortSignal,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { connections, limits, traffic } = shared;
  const remote = { ...asked, url: baseUrl(asked.url) };
  const partition = partitionOf(remote);
  const { credentials } = remote;
  const http = createGitHttp({
    ...{ connections, credentials, signal, traffic },
    maxBytes: limits.transferBytes,
  });
  const conversation = createConversation(http, remote.url, acquaintances(shared, partition));
  try {
    const pacer = createPacer(signal);
    return await work({ shared, remote, partition, conversation, pacer, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw withoutSecrets(error, credentials);
  } finally {
    http.close();
  }
}

/** Whoever wants the same commit waits, and finds most of it fetched. */
async function fetchInTurn(call: Call, commit: string, known: KnownFiles): Promise<GitTree> {
  const { shared, partition, signal } = call;
  const done = await shared.turns.take(`${partition} ${commit}`, signal);
  const ends = [done];
  const makeRoom = async () => {
    if (ends.length === 1) ends.push(await shared.large.take("", signal));
  };
  try {
    return await fetchTree(call, { commit, known, makeRoom });
  } finally {
    for (const end of ends) end();
  }
}

interface Fetch {
  readonly commit: string;
  readonly known: KnownFiles;
  readonly makeRoom: () => Promise<void>;
}

async function fetchTree(call: Call, { commit, known, makeRoom }: Fetch): Promise<GitTree> {
  const { shared, remote, partition, conversation, pacer } = call;
  const { limits, store } = shared;
  const objects = createObjects({
    conversation,
    shelf: store.shelf(partition),
    limits,
    pacer,
    reading: { maxBytes: limits.transferBytes, makeRoom },
  });
  const { selected, submodules } = await orTooLarge(conversation, async () => {
    // of a whole repository most files are wanted, of a folder of it perhaps few
    await objects.loadCommit(commit, { isWhole: remote.path === "" });
    const found = await select(objects, remote, { commit, limits });
    const unknown = found.selected.filter(({ path, oid }) => known(path, oid) === undefined);
    await objects.load(unknown.map(({ oid }) => oid));
    return found;
  });
  const bytes = ({ path, oid }: Selected) => known(path, oid) ?? objects.reader.bytes(oid);
  checkSizes(
    selected.map(file => ({ ...file, bytes: bytes(file) })),
    limits,
  );
  return { commit, submodules, files: await readFiles(objects.reader, selected, known, pacer) };
}

async function select(
  objects: Objects,
  remote: GitRemote,
  { commit, limits }: { readonly commit: string; readonly limits: GitLimits },
): Promise<{ readonly selected: readonly Selected[]; readonly submodules: readonly string[] }> {
  const { reader } = objects;
  const root = parseCommit(reader.commit(commit));
  const folder = await objects.settle(() => findFolder(reader, root, remote, commit));
  const { found, submodules } = await objects.settle(() => walkFolder(reader, folder, limits));
  await objects.load(await objects.settle(() => neededBefore(reader, folder, found)));
  const selected = await objects.settle(() => selectFiles(reader, folder, found));
  return { selected, submodules };
}

/** The limit says what would help. */
async function orTooLarge<T>(conversation: Conversation, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NopeaError) || error.code !== "git-too-large") throw error;
    const what = (await conversation.canFilter("none"))
      ? "too much for one fetch"
      : "the repository is too large for a server without partial clone (uploadpack.allowFilter)";
    throw new NopeaError("git-too-large", `${what}: ${error.message}`, { cause: error });
  }
}

/** Servers that are remembered; the first one to come is the first one to go. */
const SERVERS = 10_000;

function acquaintances({ servers, limits }: Shared, partition: string) {
  return {
    refsBytes: limits.refsBytes,
    get: () => servers.get(partition),
    set: (advertisement: Advertisement | undefined) => {
      if (advertisement === undefined) servers.delete(partition);
      else setNewest(servers, [partition, advertisement], SERVERS);
    },
  };
}

// Credentials are never taken from the URL: they come from a Secret, and what is not there can't leak.
function baseUrl(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
