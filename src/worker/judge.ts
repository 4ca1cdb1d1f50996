/** Steps 5 and 6 of the walk: what differs about each object, on whose account, and what becomes of it. */
import { declaredLeaves } from "../core/drift/declared-leaves";
import type { Known } from "../core/drift/known";
import { knownFields } from "../core/drift/own-fields";
import type { Reader } from "../core/drift/snapshot";
import { compareThreeWay } from "../core/drift/three-way";
import { calmUntil, type Fight } from "../core/heal/fights";
import { graceEnd } from "../core/heal/grace";
import { judgeFields, type HealRules } from "../core/heal/judge-fields";
import { isSuspended, readSuspension, type Suspension } from "../core/heal/suspension";
import { classify, type Standing } from "../core/sync/classify";
import { decide, type Case } from "../core/sync/decide";
import { failedBefore, type Failures } from "../core/sync/failures";
import { ANNOTATION_IGNORE } from "../model/annotations";
import type { ObjectDrift } from "../model/drift";
import { isOpen, type Episode } from "../model/episode";
import { coversPath, parsePatterns } from "../model/field-pattern";
import type { FieldPath, FieldPattern } from "../model/field-path";
import type { JsonObject } from "../model/json";
import { kindId, type Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { Observation } from "../model/observation";
import type { StepOutcome } from "../model/outcome";
import { managingRepository, parseApplied, type OwnerMarks } from "../model/ownership";
import type { DriftVerdict, Fault, Verdict } from "../model/verdict";
import type { World } from "../ports";
import type { Knowledge } from "./knowledge";
import { claimsOf, findOwners, type Exists } from "./owners";

/** What is asked for about edits by hand, and what is remembered of them. */
export interface Healers {
  readonly rules: HealRules;
  /** spec.healGracePeriod, in milliseconds. */
  readonly graceMs: number | undefined;
  readonly episodeOf: (id: string) => Episode | undefined;
  readonly fightOf: (id: string) => Fight;
  /** Edits from before count from then: nobody was watching. Milliseconds since the epoch. */
  readonly watchingSince: number;
}

export interface Judging extends Healers {
  readonly marks: OwnerMarks;
  readonly reader: Reader;
  readonly open: readonly Desired[];
  readonly knowledge: Knowledge;
  readonly seen: Observation;
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly failures: Failures;
  readonly unavailable: ReadonlyMap<string, Fault>;
  /** What Git dropped and an apply has left there, by formatKey. */
  readonly leftovers: ReadonlyMap<string, readonly FieldPath[]>;
  /** Objects that an apply was just refused for: other means are tried at once. */
  readonly refused: ReadonlySet<string>;
}

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
  /** Milliseconds since the epoch. */
  readonly detectedAt: number;
}

/** One verdict for each open object. Asks the cluster only where another repository claims one of them. */
export async function judge(
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

function evidenceOf({ knowledge, watchingSince }: Judging, id: string, now: number): Evidence {
  const known = knowledge.get(id);
  return {
    object: known?.object,
    uid: known?.live.uid ?? knowledge.gone(id)?.uid ?? "",
    differs: known?.snapshot !== undefined && known.object !== undefined,
    suspension: suspensionOf(known),
    detectedAt: Math.max(known?.changedAt ?? now, watchingSince),
  };
}

interface Around {
  readonly exists: Exists;
  readonly now: number;
}

function caseOf(task: Judging, desired: Desired, { exists, now }: Around): Case {
  const { knowledge, marks, seen } = task;
  const id = formatKey(desired.key);
  const known = knowledge.get(id);
  const contestedBy = contestersOf(task, desired);
  const standing = known && classify(known.live, marks, exists);
  const whole = known?.object ?? seen.objects.get(id)?.object;
  const suspension = suspensionOf(known);
  const ignored = ignoredBy(desired);
  const found = findDrift(task, { desired, known, standing, whole });
  const drift =
    found && judgeFields(found, healingOf(task, { id, known, suspension, ignored, now }));
  const { leftovers, refused } = task;
  const dropped = leftovers.get(id) ?? [];
  return {
    desired,
    namespace: seen.namespaces.get(desired.key.namespace) ?? "active",
    unavailable: task.unavailable.get(kindId(desired.kind)),
    ...(known === undefined || standing === undefined
      ? {}
      : { live: { object: known.live, standing } }),
    whole,
    drift: drift && isSomething(drift) ? drift : undefined,
    suspension,
    finished: knowledge.gone(id)?.finished === desired.digest,
    disowned: isDisowned(task.episodeOf(id), known),
    ignored: standing?.of === "nobody" ? fieldsUnder(ignored, desired, whole) : [],
    dropped,
    thorough: refused.has(id),
    contestedBy,
    contestingRepository: contestedBy.flatMap(name => managingRepository(name) ?? []).find(exists),
    failedBefore: refused.has(id) ? undefined : failedBefore(task.failures, desired, now),
    now,
  };
}

function contestersOf({ outcomes }: Judging, { key }: Desired): readonly string[] {
  const outcome = outcomes.get(formatKey(key));
  return outcome?.result === "contested" ? outcome.managers : [];
}

interface Candidate {
  readonly desired: Desired;
  readonly known: Known | undefined;
  readonly standing: Standing | undefined;
  readonly whole: JsonObject | undefined;
}

/** Undefined: nothing differs, or it is not ours to say. */
function findDrift(
  { knowledge, reader }: Judging,
  { desired, known, standing, whole }: Candidate,
): ObjectDrift | undefined {
  const gone = knowledge.gone(formatKey(desired.key));
  if (known === undefined) {
    return gone === undefined || gone.finished !== undefined ? undefined : { object: "deleted" };
  }
  const { snapshot, base } = known;
  if (standing?.of === "nobody") {
    return snapshot === undefined && gone === undefined
      ? undefined
      : { object: "recreated", fields: [] };
  }
  if (standing?.of !== "us" || whole === undefined) return undefined;
  const sides = { base, desired: desired.manifest, live: whole, snapshot };
  return compareThreeWay(sides, reader);
}

function isSomething({ whole, fields }: DriftVerdict): boolean {
  return whole !== undefined || fields.length > 0;
}

interface Situation {
  readonly id: string;
  readonly known: Known | undefined;
  readonly suspension: Suspension | undefined;
  readonly ignored: readonly FieldPattern[];
  readonly now: number;
}

function healingOf(task: Judging, { id, known, suspension, ignored, now }: Situation) {
  const { rules, graceMs, watchingSince } = task;
  const episode = task.episodeOf(id);
  const detectedAt = Math.max(known?.changedAt ?? now, watchingSince);
  const open = episode !== undefined && isOpen(episode) ? episode : undefined;
  return {
    ...rules,
    suspended: isSuspended(suspension, now),
    ignored,
    autoscaled: known?.autoscaled ?? [],
    conflicts: open?.conflicts ?? [],
    graceUntil: graceEnd({ episode, graceMs, detectedAt, now }),
    calmUntil: calmUntil(task.fightOf(id), now),
    now,
  };
}

/** Of the live object: in Git it does not count. */
function suspensionOf(known: Known | undefined): Suspension | undefined {
  const { live, suspendHeal } = known ?? {};
  return live && suspendHeal && readSuspension(live.annotations, suspendHeal.at);
}

/** Everything is as our own apply left it, but the episode does not know it yet. */
function isDisowned(episode: Episode | undefined, known: Known | undefined): boolean {
  const isUndone = known?.snapshot !== undefined && known.object === undefined;
  return isUndone && episode !== undefined && isOpen(episode);
}

function ignoredBy({ manifest }: Desired): readonly FieldPattern[] {
  const written = manifest.metadata.annotations?.[ANNOTATION_IGNORE];
  return written === undefined ? [] : parsePatterns(written).patterns;
}

/** What the patterns name of an object that is there and not ours yet. */
function fieldsUnder(
  patterns: readonly FieldPattern[],
  { manifest }: Desired,
  whole: JsonObject | undefined,
): readonly FieldPath[] {
  if (patterns.length === 0 || whole === undefined) return [];
  const declared = declaredLeaves(manifest, knownFields(whole));
  return declared.filter(path => patterns.some(pattern => coversPath(pattern, path)));
}

/** A commit that changes an object must know the live values of what it leaves to others. */
export function needsWhole(desired: Desired, knowledge: Knowledge): boolean {
  const known = knowledge.get(formatKey(desired.key));
  if (known === undefined || known.object !== undefined) return false;
  const isNew = parseApplied(known.live.annotations)?.digest !== desired.digest;
  return isNew && (known.autoscaled.length > 0 || ignoredBy(desired).length > 0);
}
