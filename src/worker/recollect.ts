/** Rebuilds, after a restart, what was known of objects: from Git, from the objects, and from dry runs of what is suspicious. */
import { changedLeaves } from "../core/drift/changed-leaves";
import { isAsDeclared } from "../core/drift/as-declared";
import type { Known } from "../core/drift/known";
import { takeSnapshot, type Reader } from "../core/drift/snapshot";
import type { Account } from "../model/account";
import type { JsonObject } from "../model/json";
import type { Desired, Manifest } from "../model/manifest";
import { formatKey } from "../model/object-key";
import { parseApplied, withApplied, type Applied } from "../model/ownership";
import type { World } from "../ports";
import type { BaseOf } from "./bases";
import { sideBySide } from "./side-by-side";
import type { Knowledge } from "./knowledge";

export interface Recollection {
  readonly knowledge: Knowledge;
  readonly reader: Reader;
  /** Whoever would have applied them. */
  readonly account: Account | undefined;
  /** Of objects that are ours. */
  readonly desired: readonly Desired[];
  readonly baseOf: BaseOf;
}

const AT_ONCE = 16;
/** So often an object may move while it is looked at; then it is judged by what is declared. */
const ROUNDS = 4;

/** Afterwards every one of these objects has a snapshot, unless the API server refuses what was applied once. */
export async function recollect(
  world: Pick<World, "cluster">,
  recollection: Recollection,
  signal: AbortSignal,
): Promise<void> {
  let open = recollection.desired;
  for (let round = 1; open.length > 0 && round <= ROUNDS; round++) {
    open = await recollectOnce(world, { ...recollection, desired: open }, signal);
  }
}

/** Those that moved meanwhile. */
async function recollectOnce(
  world: Pick<World, "cluster">,
  { knowledge, reader, account, desired, baseOf }: Recollection,
  signal: AbortSignal,
): Promise<readonly Desired[]> {
  const moved: Desired[] = [];
  const open = desired.flatMap(item => {
    const known = knowledge.get(formatKey(item.key));
    return known?.object === undefined || known.snapshot !== undefined || known.live.terminating
      ? []
      : [{ item, known, object: known.object }];
  });
  await sideBySide(AT_ONCE, open, async ({ item, known, object }) => {
    const id = formatKey(item.key);
    const applied = parseApplied(known.live.annotations);
    const base = await baseFor(id, item, { applied, baseOf });
    const declared = (base ?? item).manifest;
    const answer = isAsDeclared(declared, object, reader.fieldManager)
      ? object
      : await rehearse(world, item, { declared, applied, known, reader, account }, signal);
    if (knowledge.get(id) !== known) moved.push(item);
    if (knowledge.get(id) !== known) return;
    const isBase = base !== undefined;
    if (answer !== undefined) {
      knowledge.set(id, remembered(known, { object, answer, declared, isBase }, reader));
    } else if (isBase) {
      // refused, for a moment or for good: what Git declared still tells its change from a hand's
      knowledge.set(id, { ...known, base: declared });
    }
  });
  return moved;
}

interface Rebuilt {
  readonly object: JsonObject;
  readonly answer: JsonObject;
  readonly declared: Manifest;
  readonly isBase: boolean;
}

function remembered(known: Known, rebuilt: Rebuilt, reader: Reader): Known {
  const { object, answer, declared, isBase } = rebuilt;
  const snapshot = takeSnapshot(answer, declared, reader);
  const differs = changedLeaves(snapshot, object, reader).length > 0;
  const { object: _, changedAt, ...rest } = known;
  const kept = { ...rest, snapshot, ...(isBase ? { base: declared } : {}) };
  if (!differs) return kept;
  // while an edit stays nobody can tell what came with it from what was added besides
  const others = known.unheard?.snapshot?.others ?? snapshot.others;
  return {
    ...kept,
    snapshot: { ...snapshot, others },
    object,
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

interface Asking {
  readonly applied: Applied | undefined;
  readonly baseOf: BaseOf;
}

/** The same digest is the same content, whatever the commit. */
async function baseFor(
  id: string,
  desired: Desired,
  { applied, baseOf }: Asking,
): Promise<Desired | undefined> {
  if (applied === undefined || applied.digest === desired.digest) return desired;
  const base = (await baseOf(applied.commit))?.get(id);
  return base?.digest === applied.digest ? base : undefined;
}

interface Suspicious {
  readonly declared: Manifest;
  readonly applied: Applied | undefined;
  readonly known: Known;
  readonly reader: Reader;
  readonly account: Account | undefined;
}

function rehearse(
  { cluster }: Pick<World, "cluster">,
  desired: Desired,
  { declared, applied, known, reader, account }: Suspicious,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  // without nopea's mark the dry run would take it off
  const manifest = withApplied(declared, applied ?? { digest: desired.digest, commit: "0" });
  return cluster.rehearse(
    { desired, manifest, fieldManager: reader.fieldManager, account, on: known.live },
    signal,
  );
}
