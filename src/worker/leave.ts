/** The end of a GitRepository with nopea's finalizer: its objects go where deletionPolicy says so, and then the finalizer. */
import { refusal } from "../core/repository/refusal";
import { nameOf, type Repository } from "../model/git-repository";
import { typeOfId } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { World } from "../ports";
import type { Custody } from "./custody";
import { Stopped } from "./endings";
import { LEAVING } from "./policy";
import type { Target } from "./target";

export interface Leaving {
  readonly repository: Repository;
  readonly custody: Custody;
  /** From now on nobody waits for finalizers of others. */
  readonly hurry: () => void;
  /** The objects are gone, and nothing keeps the GitRepository any more. */
  readonly gone: () => void;
}

const LOOK_AGAIN_MS = 1_000;
/** After so long objects are deleted whose finalizers others among them may have to take off … */
const PATIENT_MS = 60_000;
/** … and after so long the finalizer goes: nobody's namespace may hang on it for ever. */
const LONGEST_MS = 120_000;

/** Ends when the finalizer is off, rejects when the signal is aborted. What could not be deleted by then stays. */
export async function leave(world: World, leaving: Leaving, signal: AbortSignal): Promise<void> {
  const { isGone } = await removeObjects(world, leaving, signal);
  try {
    await release(world, leaving, signal);
  } catch (error) {
    // the watch may tell of the end before the answer to the request that brought it about comes
    if (isGone && signal.reason instanceof Stopped) leaving.gone();
    throw error;
  }
  if (isGone) leaving.gone();
}

async function removeObjects(world: World, leaving: Leaving, signal: AbortSignal): Promise<Look> {
  const { clock, log } = world;
  const { id } = leaving.repository;
  let begun = clock.now();
  for (;;) {
    // the clock may be set back meanwhile
    begun = Math.min(begun, clock.now());
    const waited = clock.now() - begun;
    if (waited > PATIENT_MS) leaving.hurry();
    const look = await lookOnce(world, leaving, signal);
    const { left } = look;
    if (left.length === 0) return look;
    if (waited > LONGEST_MS) {
      log.error({ repository: nameOf(id), left }, "left behind");
      return look;
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

interface Look {
  /** What is still there and is waited for, each in a word. */
  readonly left: readonly string[];
  /** All of them are. */
  readonly isGone: boolean;
}

/** Rejects when the signal is aborted. */
async function lookOnce(world: World, leaving: Leaving, signal: AbortSignal): Promise<Look> {
  const { id } = leaving.repository;
  try {
    const reason = await reasonToRetain(world, leaving.repository, signal);
    if (reason === undefined) {
      const left = await prune(world, leaving, signal);
      return { left, isGone: left.length === 0 };
    }
    world.log.info({ repository: nameOf(id), reason }, "objects retained");
    return { left: [], isGone: false };
  } catch (error) {
    signal.throwIfAborted();
    // also a bug: whoever deletes a GitRepository must not have to wait for the next version of nopea
    world.log.warn({ repository: nameOf(id), error: String(error) }, "not pruned");
    return { left: ["not known"], isGone: false };
  }
}

/** Why the objects stay; undefined: they go. */
async function reasonToRetain(
  { cluster, settings }: World,
  { parsed }: Repository,
  signal: AbortSignal,
): Promise<string | undefined> {
  const fault = refusal(parsed, settings());
  if (!parsed.ok || fault !== undefined) return fault?.message ?? "its spec is invalid";
  if (parsed.spec.deletionPolicy === "Retain") return "deletionPolicy Retain";
  if (parsed.spec.suspend) return "spec.suspend is true";
  const isUninstalled = await cluster.isUninstalled(signal);
  return isUninstalled ? "the definition of GitRepositories itself is being deleted" : undefined;
}

/** The walk with nothing desired: what is left of the objects. */
async function prune(
  world: World,
  { repository: { status }, custody }: Leaving,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const knownKinds = status.resources?.kinds ?? [];
  const { served, unavailable } = await world.cluster.kinds(knownKinds.map(typeOfId), signal);
  const target: Target = {
    commit: status.lastSyncedCommit ?? "",
    desired: new Map(),
    unknown: [],
    kinds: knownKinds.flatMap(id => served.get(id) ?? []),
    knownKinds,
    unavailable,
    notices: [],
    bases: () => () => Promise.resolve(undefined),
    source: LEAVING,
  };
  const recall = () => Promise.resolve();
  const walk = { id: world.newId(), target, recall, beforeWrites: recall };
  await custody.keeper.walk(walk, signal);
  return [...custody.keeper.unavailable.keys(), ...custody.pruner.left().map(formatKey)];
}

async function release(
  { cluster, clock, log }: World,
  { repository: { id } }: Leaving,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await cluster.setFinalizer(id, false, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ repository: nameOf(id), error: String(error) }, "finalizer not removed");
      await clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }
}
