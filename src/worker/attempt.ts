/** One try to bring a repository's commit in, within its turn and its time. */
import { isNews } from "../core/sync/news";
import {
  nameOf,
  type GitRemote,
  type Repository,
  type RepositorySpec,
} from "../model/git-repository";
import type { World } from "../ports";
import type { Chronicle } from "./chronicle";
import type { Custody } from "./custody";
import { setDeadline } from "./deadline";
import { fetchAhead, type Ahead, type Memory } from "./fetch";
import { keepFinalizer } from "./keep-finalizer";
import { remoteOf } from "./remote";
import type { Rhythm } from "./rhythm";
import type { Slots } from "./slots";
import { timed } from "./timed";
import { sync, type Synced } from "./sync";

export interface Trying {
  /** ULID. */
  readonly id: string;
  readonly repository: Repository;
  readonly spec: RepositorySpec;
  readonly attempt: AbortController;
  readonly custody: Custody;
  readonly memory: Memory;
  readonly chronicle: Chronicle;
  readonly rhythm: Rhythm;
  /** The commit that a push has told of. */
  readonly expected: string | undefined;
  /** Told the tip of the branch as soon as it is known. */
  readonly found: (tip: string) => void;
}

/** What is aborted at the deadline has ended by then. */
const OVERTIME_MS = 30_000;

/** Undefined: nothing has changed. Rejects as sync does. */
export async function attemptSync(
  world: World,
  slots: Slots,
  trying: Trying,
): Promise<Synced | undefined> {
  const { id, repository, spec, attempt, custody, memory, chronicle, rhythm, found } = trying;
  const { signal } = attempt;
  const giveBack = await slots.take(signal);
  const liftDeadline = setDeadline(world.clock, spec, attempt);
  const end = world.pulse.begin({
    ...{ loop: "git", limitMs: spec.timeoutMs + OVERTIME_MS },
    repository: nameOf(repository.id),
  });
  try {
    await keepFinalizer(world, repository, spec, signal);
    const remote = await remoteOf(world, repository.id, spec, signal);
    const { tip, ahead } = await findTip(world, { ...trying, remote }, signal);
    found(tip);
    const wish = { ...repository, tip };
    if (rhythm.hasNothingToDo(wish, chronicle.status)) {
      rhythm.idle(spec.intervalMs, id);
      return undefined;
    }
    if (isNews(wish, chronicle.status)) chronicle.syncing(repository, tip);
    const { status } = chronicle;
    const { generation } = repository;
    const job = { ...custody, id, spec, remote, tip, memory, ahead, status, generation, chronicle };
    return await sync(world, job, signal);
  } finally {
    end();
    liftDeadline();
    giveBack();
  }
}

interface Found {
  readonly tip: string;
  readonly ahead: Ahead | undefined;
}

async function findTip(
  world: World,
  {
    remote,
    memory,
    expected,
  }: Pick<Trying, "memory" | "expected"> & { readonly remote: GitRemote },
  signal: AbortSignal,
): Promise<Found> {
  const hope = new AbortController();
  const hoping = AbortSignal.any([signal, hope.signal]);
  const ahead = fetchAhead(world, { remote, memory, commit: expected }, hoping);
  let tip: string | undefined;
  try {
    tip = await timed(world, "resolve", () => world.git.resolve(remote, signal));
    return { tip, ahead };
  } finally {
    // what was pushed is not what is there
    if (tip !== expected) hope.abort();
  }
}
