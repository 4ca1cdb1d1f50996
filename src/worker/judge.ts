/** Steps 5 and 6 of the walk: what differs about each object, on whose account, and what becomes of it. */
import type { Known } from "../core/drift/known";
import { detectionOf, suspensionOf } from "../core/heal/healing";
import type { Suspension } from "../core/heal/suspension";
import { decide } from "../core/sync/decide";
import type { Edit } from "../model/episode";
import type { JsonObject } from "../model/json";
import type { Live } from "../model/live";
import { formatKey } from "../model/object-key";
import type { Verdict } from "../model/verdict";
import type { World } from "../ports";
import { caseOf, contestersOf } from "./case";
import { inSlices } from "./in-slices";
import { knownOf, type Judging } from "./judging";
import { claimsOf, findOwners } from "./owners";

export interface Judged {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** What there is to know of an edit, before a write makes it history. */
export interface Evidence {
  /** The whole live object; absent where it is not there, or nothing of it differs. */
  readonly object?: JsonObject | undefined;
  readonly uid: string;
  /** It is not as our own apply left it. */
  readonly differs: boolean;
  readonly suspension: Suspension | undefined;
  /** As it was before this walk wrote it; absent where it is not there, or was not looked at. */
  readonly live?: Live;
  /** Edits that the admission hook sealed on the object, oldest first. */
  readonly stamped: readonly Edit[];
  /** Edits that it saw and that no object can carry. */
  readonly testified: readonly Edit[];
  /** Milliseconds since the epoch. */
  readonly detectedAt: number;
  /** When the decision was made: what became due later was not decided on. */
  readonly judgedAt: number;
}

/**
 * One verdict for each open object, a few hundred at a time: other repositories go on meanwhile. Asks the cluster only
 * where another repository claims one of them.
 */
export async function judge(
  world: World,
  task: Judging,
  signal: AbortSignal,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const open of inSlices(task.open)) {
    if (judged.length > 0) await world.clock.breathe();
    judged.push(...(await judgeSlice(world, { ...task, open }, signal)));
  }
  return judged;
}

/** What is asked for and what is decided by it are of one moment. */
async function judgeSlice(
  world: World,
  task: Judging,
  signal: AbortSignal,
): Promise<readonly Judged[]> {
  const contesters = task.open.flatMap(desired => contestersOf(task, desired));
  const lives = task.open.flatMap(({ key }) => task.knowledge.get(formatKey(key))?.live ?? []);
  const exists = await findOwners(world, claimsOf(lives, contesters, task.marks), signal);
  const now = world.clock.now();
  return task.open.map(desired => ({
    verdict: decide(caseOf(task, desired, { exists, now })),
    evidence: evidenceOf(task, formatKey(desired.key), now),
  }));
}

function evidenceOf(task: Judging, id: string, now: number): Evidence {
  const { knowledge, watchingSince, testimonies, forbidden } = task;
  if (forbidden.has(id)) return nothingSeen(now);
  const known = knownOf(task, id);
  const uid = known?.live.uid ?? knowledge.gone(id)?.uid ?? "";
  const seen = {
    ...hooksOf(known),
    uid,
    testified: testimonies.of(id, uid),
    detectedAt: detectionOf({ known, watchingSince, now }),
    judgedAt: now,
  };
  if (known === undefined) return { ...seen, differs: false };
  const { object, snapshot } = known;
  const differs = snapshot !== undefined && object !== undefined;
  return { ...seen, live: known.live, object, differs };
}

function nothingSeen(now: number): Evidence {
  const nothing = { uid: "", differs: false, suspension: undefined, stamped: [], testified: [] };
  return { ...nothing, detectedAt: now, judgedAt: now };
}

function hooksOf(known: Known | undefined) {
  return { suspension: suspensionOf(known), stamped: known?.stamped ?? [] };
}
