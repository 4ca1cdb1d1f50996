/** Keeps one worker a repository: starts it, hands it news, starts it anew when it breaks, and never lets it hurt another. */
import { backoff } from "../core/sync/backoff";
import { deafness } from "../core/webhook/deafness";
import { nameOf, type Repository, type RepositoryId } from "../model/git-repository";
import type { SecretName } from "../model/git-secret";
import type { Hearing, Push, PushTarget } from "../model/webhook";
import type { World } from "../ports";
import { createAlarm, type Alarm } from "./alarm";
import type { Custody } from "./custody";
import { createRecordListener, type RecordListener } from "./record-events";
import { createSlots, type Slots } from "./slots";
import { createTombstones } from "./tombstones";
import { Worker } from "./worker";

export interface Supervisor {
  /** A GitRepository exists, or has changed. Returns at once. */
  upsert(repository: Repository): void;
  /** A GitRepository is gone. */
  remove(id: RepositoryId): void;
  /** A Secret has changed: whose spec names it looks again, however patient it was. Returns at once. */
  secretChanged(secret: SecretName): void;
  /** Settings have changed: everybody looks again. */
  nudgeAll(): void;
  /** A branch has a new tip: whoever follows it looks at Git. Returns at once. */
  push(target: PushTarget, push: Push): Hearing;
  /** Told of DriftRecords, as a watch tells. */
  readonly records: RecordListener;
  stop(): void;
}

function openSlots({ settings, metrics }: World): Slots {
  const slots = createSlots(() => settings().concurrentSyncs);
  metrics.depth("syncs", () => slots.waiting());
  return slots;
}

/** What is gone stands nowhere any more. */
function forget({ metrics }: World, uid: string): void {
  metrics.suspended(uid, []);
  metrics.openDrift(uid, { repository: "", classes: {} });
}

interface Post {
  readonly worker: Worker;
  readonly life: AbortController;
  /** Ends the pause after a crash: the repository has changed. */
  readonly alarm: Alarm;
}

/** After so long without a crash, a worker counts as healthy again. */
const HEALTHY_AFTER_MS = 600_000;

/** Workers are keyed by uid: a repository that was deleted and made anew is another one. */
export function createSupervisor(world: World): Supervisor {
  const slots = openSlots(world);
  const posts = new Map<string, Post>();
  const gone = createTombstones();
  const hasNewAccount = createComparison(() => world.settings().defaultServiceAccount);
  const records = createRecordListener(() => custodiesOf(posts));

  function letGo(uid: string): void {
    gone.add(uid);
    const post = posts.get(uid);
    posts.delete(uid);
    post?.life.abort();
    post?.worker.stop();
    world.metrics.workers(posts.size);
    forget(world, uid);
  }

  function start(repository: Repository): void {
    const namesakes = [...posts].filter(([, { worker }]) => sameName(worker, repository));
    for (const [uid] of namesakes) letGo(uid);
    const worker = new Worker(world, slots, repository);
    const post = { worker, life: new AbortController(), alarm: createAlarm(world.clock) };
    posts.set(repository.id.uid, post);
    world.metrics.workers(posts.size);
    void keepRunning(post, world);
    records.begin(repository.id.uid);
  }

  return {
    upsert(repository) {
      const post = posts.get(repository.id.uid);
      if (gone.has(repository.id.uid)) return;
      if (post === undefined) start(repository);
      else if (post.worker.update(repository)) post.alarm.nudge();
    },
    remove: ({ uid }) => letGo(uid),
    secretChanged: secret => nudgeThose([...posts.values()], secret),
    push: (target, push) => tellAll([...posts.values()], target, push),
    nudgeAll: () => nudgeAll([...posts.values()], hasNewAccount()),
    records,
    stop: () => [...posts.keys()].forEach(letGo),
  };
}

/** Tells whether a value is another than when it was last asked for. */
function createComparison(read: () => string | undefined): () => boolean {
  let before = read();
  return () => {
    const now = read();
    const differs = now !== before;
    before = now;
    return differs;
  };
}

/** By the uid of the GitRepository. */
function custodiesOf(posts: ReadonlyMap<string, Post>): ReadonlyMap<string, Custody> {
  const found = [...posts].flatMap(
    ([
      uid,
      {
        worker: { custody },
      },
    ]): [string, Custody][] => (custody === undefined ? [] : [[uid, custody]]),
  );
  return new Map(found);
}

function tellAll(posts: readonly Post[], target: PushTarget, push: Push): Hearing {
  const told: string[] = [];
  const deaf: string[] = [];
  for (const { worker } of posts) {
    const { parsed, id } = worker.repository;
    const { namespace, name } = id;
    if (name !== target.name || namespace !== (target.namespace ?? namespace)) continue;
    const reason = deafness(parsed, push.branch);
    if (reason === undefined) worker.expect(push.commit);
    if (reason === undefined) told.push(nameOf(id));
    else deaf.push(`${nameOf(id)}: ${reason}`);
  }
  return { told, deaf };
}

/** Never rejects: a worker that breaks is reported, and runs again after a pause. */
async function keepRunning({ worker, life, alarm }: Post, world: World): Promise<void> {
  for (let crashes = 0; !life.signal.aborted; ) {
    const startedAt = world.clock.now();
    try {
      await worker.run();
    } catch (error) {
      report(worker, error, world);
    }
    crashes = world.clock.now() - startedAt > HEALTHY_AFTER_MS ? 1 : crashes + 1;
    const until = world.clock.now() + pauseAfter(crashes, worker.repository);
    await alarm.wait(() => until, life.signal).catch(() => undefined);
  }
}

/** Milliseconds: once the input is mended, it is in as soon as the interval promises. */
function pauseAfter(crashes: number, { parsed }: Repository): number {
  const interval = parsed.ok ? parsed.spec.intervalMs : Infinity;
  return Math.min(backoff(crashes), Math.max(interval, backoff(1)));
}

function nudgeAll(posts: readonly Post[], isSuperseded: boolean): void {
  for (const { worker } of posts) {
    if (isSuperseded) worker.supersede();
    worker.nudge();
  }
}

function nudgeThose(posts: readonly Post[], { namespace, name }: SecretName): void {
  for (const { worker } of posts) {
    const { id, parsed } = worker.repository;
    const named = parsed.ok && parsed.spec.secretName === name;
    if (named && id.namespace === namespace) worker.nudge();
  }
}

function sameName({ repository: { id: a } }: Worker, { id: b }: Repository): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

function report({ repository: { id } }: Worker, error: unknown, { log, metrics }: World): void {
  metrics.workerRestarted();
  const stack = error instanceof Error ? error.stack : String(error);
  const repository = nameOf(id);
  log.error({ repository, error: stack }, "worker failed, will start anew");
}
