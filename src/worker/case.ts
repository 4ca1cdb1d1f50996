/** Gathers all that the decision about one object depends on. */
import { compareThreeWay } from "../core/drift/three-way";
import { holdsDeclared } from "../core/drift/holds-declared";
import type { Known } from "../core/drift/known";
import { healingOf, isUndone, suspensionOf } from "../core/heal/healing";
import { ignoredBy, ignoredFields } from "../core/heal/ignored";
import { judgeFields } from "../core/heal/judge-fields";
import { isSuspended } from "../core/heal/suspension";
import { classify, isAppliedAs, type Standing } from "../core/sync/classify";
import type { Case } from "../core/sync/decide";
import { definitionOf } from "../core/sync/declared-kinds";
import { failedBefore } from "../core/sync/failures";
import type { ObjectDrift } from "../model/drift";
import type { JsonObject } from "../model/json";
import { kindId, type Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import { hasWritten, type StepOutcome } from "../model/outcome";
import { isLabelledAs, managingRepository, type OwnerMarks } from "../model/ownership";
import type { DriftVerdict, Fault } from "../model/verdict";
import { knownOf, type Judging } from "./judging";
import type { Exists } from "./owners";

/** What is the same for all objects of one round. */
export interface Round {
  readonly exists: Exists;
  readonly now: number;
}

/** Asks nobody. */
export function caseOf(task: Judging, desired: Desired, round: Round): Case {
  const { exists, now } = round;
  const forbidden = task.forbidden.get(formatKey(desired.key));
  if (forbidden !== undefined) return { ...UNSEEN, desired, forbidden, now };
  const object = objectOf(task, desired, exists);
  const contestedBy = contestersOf(task, desired);
  return {
    desired,
    now,
    contestedBy,
    contestingRepository: contestedBy.flatMap(name => managingRepository(name) ?? []).find(exists),
    drift: driftOf(task, object, now),
    ...surroundings(task, desired),
    ...standingOf(task, object, now),
    ...historyOf(task, object, now),
  };
}

/** What is not looked at. */
const UNSEEN: Omit<Case, "desired" | "now"> = {
  namespace: "active",
  finished: false,
  isOurs: false,
  disowned: false,
  ignored: [],
  dropped: [],
  thorough: false,
  contestedBy: [],
};

function surroundings({ seen, unavailable, knowledge }: Judging, { key, kind }: Desired) {
  const definition = knowledge.get(definitionOf(kind, key));
  return {
    namespace: seen.namespaces.get(key.namespace) ?? ("active" as const),
    unavailable: unavailable.get(kindId(kind)),
    definitionEnds: definition?.live.terminating === true,
  };
}

function standingOf(
  { episodeOf, outcomes }: Judging,
  { id, desired, known, standing, whole }: LiveObject,
  now: number,
) {
  const suspension = suspensionOf(known);
  const isNobodys = standing?.of === "nobody";
  const isDisowned = isUnknown(outcomes.get(id), known) || isUndone(episodeOf(id), known);
  return {
    ...(known && standing ? { live: { object: known.live, standing } } : {}),
    whole,
    suspension,
    disowned: isDisowned && !isSuspended(suspension, now),
    ignored: isNobodys ? ignoredFields(ignoredBy(desired), desired, whole) : [],
  };
}

/** A patch that is in without its apply belongs to nobody who declares it; what an apply unheard has left is not known. */
function isUnknown(outcome: StepOutcome | undefined, known: Known | undefined): boolean {
  return known?.unheard !== undefined || (outcome?.result === "stale" && hasWritten(outcome));
}

function historyOf(
  { knowledge, leftovers, refused, retried, immutable, failures, marks }: Judging,
  { id, desired, known }: LiveObject,
  now: number,
) {
  const isRefused = refused.has(id);
  const failed = failedBefore(failures, desired, now);
  return {
    refusal: immutable.get(id),
    // not from memory: whoever deletes has to know
    isOurs: known !== undefined && isAppliedAs(known.live, marks),
    finished: knowledge.gone(id)?.finished === desired.digest,
    dropped: leftovers.get(id) ?? [],
    thorough: isRefused,
    // what an apply was just refused for is tried at once by other means, or when the rest is in
    failedBefore: isRefused || retried.has(id) || isOver(failed, known) ? undefined : failed,
  };
}

/** With the object, what may not change of it has gone. */
function isOver(failed: Fault | undefined, known: Known | undefined): boolean {
  return failed?.code === "immutable-field" && known === undefined;
}

/** Managers that an unforced apply of the object has met. */
export function contestersOf({ outcomes }: Judging, { key }: Desired): readonly string[] {
  const outcome = outcomes.get(formatKey(key));
  return outcome?.result === "contested" ? outcome.managers : [];
}

interface LiveObject {
  readonly id: string;
  readonly desired: Desired;
  readonly known: Known | undefined;
  readonly standing: Standing | undefined;
  readonly whole: JsonObject | undefined;
}

function objectOf(task: Judging, desired: Desired, exists: Exists): LiveObject {
  const { marks, seen } = task;
  const id = formatKey(desired.key);
  const known = knownOf(task, id);
  const standing = known && (remembered(known, marks) ?? classify(known.live, marks, exists));
  return { id, desired, known, standing, whole: known?.object ?? seen.objects.get(id)?.object };
}

/** managedFields may be wiped, or too large to be kept: an object that we applied ourselves stays ours. */
function remembered({ live, snapshot }: Known, marks: OwnerMarks): Standing | undefined {
  const isOurs = snapshot?.uid === live.uid && isLabelledAs(marks, live.labels);
  return isOurs ? { of: "us", labelled: true } : undefined;
}

function driftOf(task: Judging, object: LiveObject, now: number): DriftVerdict | undefined {
  const found = findDrift(task, object);
  if (found === undefined) return undefined;
  const { id, known, desired } = object;
  const healing = healingOf({
    ...task,
    known,
    kind: desired.kind.kind,
    episode: task.episodeOf(id),
    fight: task.fightOf(id),
    testified: task.testimonies.of(id, known?.live.uid ?? ""),
    ignored: ignoredBy(desired),
    drift: found,
    now,
  });
  const verdict = judgeFields(found, healing);
  return verdict.whole === undefined && verdict.fields.length === 0 ? undefined : verdict;
}

/** Undefined: nothing differs, or it is not ours to say. */
function findDrift(task: Judging, object: LiveObject): ObjectDrift | undefined {
  const { known, standing, whole, desired } = object;
  if (known === undefined || standing === undefined) return absence(task, object);
  if (standing.of === "nobody") return replacementByHand(task, object);
  if (standing.of !== "us" || whole === undefined) return undefined;
  const { base, snapshot } = known;
  return compareThreeWay({ base, desired: desired.manifest, live: whole, snapshot }, task.reader);
}

/** What was never there is no drift, and neither is work that is done. */
function absence({ knowledge }: Judging, { id }: LiveObject): ObjectDrift | undefined {
  const gone = knowledge.gone(id);
  return gone === undefined || gone.finished !== undefined ? undefined : { object: "deleted" };
}

/** Somebody has put an object of their own in the place of ours. */
function replacementByHand(
  { knowledge }: Judging,
  { id, known, whole, desired }: LiveObject,
): ObjectDrift | undefined {
  // a deletion that was put right
  if (whole !== undefined && holdsDeclared(desired.manifest, whole)) return undefined;
  const gone = knowledge.gone(id);
  const wasOurs = gone !== undefined && gone.finished === undefined;
  const isFirst = known?.snapshot === undefined && !wasOurs;
  return isFirst ? undefined : { object: "recreated", fields: [] };
}
