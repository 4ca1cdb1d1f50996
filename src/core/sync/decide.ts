/** What to do about one object: an ordered list of named rules, the first with an opinion wins. */
import type { ErrorCode } from "../../model/errors";
import type { FieldPath } from "../../model/field-path";
import type { JsonObject } from "../../model/json";
import type { Live } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { NamespaceState } from "../../model/observation";
import { parseApplied, type RepositoryName } from "../../model/ownership";
import type { DriftVerdict, Fault, FieldVerdict, Overwrite, Verdict } from "../../model/verdict";
import { isSuspended, type Suspension } from "../heal/suspension";
import type { Standing } from "./classify";
import { recreation } from "./recreate";

/** All that a verdict depends on. */
export interface Case {
  readonly desired: Desired;
  readonly namespace: NamespaceState;
  /** Why whoever writes for the repository has no right to the object. */
  readonly forbidden?: Fault | undefined;
  /** Why nothing can be known of objects of this kind right now. */
  readonly unavailable?: Fault | undefined;
  /** The definition of its kind is of the same repository, and is being deleted. */
  readonly definitionEnds?: boolean;
  /** Absent: the object is not there. */
  readonly live?: { readonly object: Live; readonly standing: Standing };
  /** The whole live object, where it was needed. */
  readonly whole?: JsonObject | undefined;
  /** What differs, and what the policies make of it. */
  readonly drift?: DriftVerdict | undefined;
  /** The break-glass annotation, if it means anything. */
  readonly suspension?: Suspension | undefined;
  /** It ran to its end and was cleaned up: it is not run again until Git changes it. */
  readonly finished: boolean;
  /**
   * An edit was put back by hand: nopea does not own those fields any more, and would not see who edits them next. Or the
   * answer of our last apply was lost: the next one tells what that left behind.
   */
  readonly disowned: boolean;
  /** Of an object that is adopted: what Git says to leave to others. */
  readonly ignored: readonly FieldPath[];
  /** What Git dropped and our last apply has left there. */
  readonly dropped: readonly FieldPath[];
  /** The last apply of this content was refused as it was. */
  readonly thorough: boolean;
  /** Why the last apply was refused: it would change immutable fields, and Git allows the object to be made anew. */
  readonly refusal?: Fault | undefined;
  /** The live object has our labels and our own managedFields entry. */
  readonly isOurs: boolean;
  /** Managers of fields that an unforced apply met. */
  readonly contestedBy: readonly string[];
  /** Repositories among those managers that exist. */
  readonly contestingRepository?: RepositoryName | undefined;
  /** Why the same content failed before, while it is too early to try again. */
  readonly failedBefore?: Fault | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type Rule = readonly [name: string, opinion: (situation: Case) => Verdict | undefined];

/** The order is the documentation. */
const RULES: readonly Rule[] = [
  ["forbidden", forbidden],
  ["kind unavailable", kindUnavailable],
  ["definition ends", definitionEnds],
  ["namespace missing", namespaceMissing],
  ["terminating", terminating],
  ["another repository's", anothers],
  ["suspension over", suspensionOver],
  ["finished work", finishedWork],
  ["nothing to write", nothingToWrite],
  ["suspended by hand", suspended],
  ["immutable", immutable],
  ["failed before", failedBefore],
  ["not there", notThere],
  ["nobody's", nobodys],
];

/** The verdict of the first rule that has one; else what is ours and not as it should be is updated. */
export function decide(situation: Case): Verdict {
  const { drift } = situation;
  for (const [, opinion] of RULES) {
    const verdict = opinion(situation);
    if (verdict !== undefined) return drift === undefined ? verdict : { ...verdict, drift };
  }
  const update: Verdict = { action: "update", ...overwrite(situation), force: true };
  return drift === undefined ? update : { ...update, drift };
}

/** First of all: whoever has no right to an object learns nothing of it, not even whether it is there. */
function forbidden({ desired, forbidden: fault }: Case): Verdict | undefined {
  return fault === undefined ? undefined : { action: "wait", desired, fault };
}

/** An object that could not be looked at only seems not to be there. */
function kindUnavailable({ desired, unavailable: fault }: Case): Verdict | undefined {
  return fault === undefined ? undefined : { action: "wait", desired, fault };
}

/** Not every API server refuses a new object then (1.24 takes it, 1.36 does not): its own finalizer would hold the definition. */
function definitionEnds({ desired, definitionEnds: isEnding }: Case): Verdict | undefined {
  if (isEnding !== true) return undefined;
  return wait(
    desired,
    "object-terminating",
    "its CustomResourceDefinition is being deleted: the object is made anew when both are gone",
  );
}

function namespaceMissing({ desired, namespace }: Case): Verdict | undefined {
  const { namespace: name } = desired.key;
  switch (namespace) {
    case "active":
      return undefined;
    case "missing":
      return wait(desired, "namespace-not-found", `namespace ${name} does not exist`);
    case "terminating":
      return wait(desired, "object-terminating", `namespace ${name} is being deleted`);
  }
}

function terminating({ desired, live }: Case): Verdict | undefined {
  if (live?.object.terminating !== true) return undefined;
  return wait(
    desired,
    "object-terminating",
    "the object is being deleted: it is made anew when it is gone",
  );
}

function anothers({ desired, live, contestingRepository }: Case): Verdict | undefined {
  const standing = live?.standing;
  const owner = standing?.of === "another" ? standing.repository : contestingRepository;
  if (owner === undefined) return undefined;
  const message = `GitRepository ${owner.namespace}/${owner.name} manages ${formatKey(desired.key)} already`;
  return { action: "refuse", desired, fault: { code: "owned-by-another", message } };
}

function suspensionOver({
  desired,
  live,
  suspension,
  failedBefore,
  now,
}: Case): Verdict | undefined {
  if (live === undefined || suspension === undefined || failedBefore !== undefined)
    return undefined;
  return isSuspended(suspension, now)
    ? undefined
    : { action: "release", desired, live: live.object };
}

function finishedWork({ desired, live, finished }: Case): Verdict | undefined {
  return finished && live === undefined ? { action: "keep", desired } : undefined;
}

/** What is as Git declares, or differs only in what stays. */
function nothingToWrite(situation: Case): Verdict | undefined {
  const { desired, live } = situation;
  if (!isLeft(situation) && (!isAsApplied(situation) || hasToWrite(situation))) return undefined;
  return { action: "keep", desired, ...(live === undefined ? {} : { live: live.object }) };
}

/** Deleted or made anew by hand, and left at that. */
function isLeft({ drift }: Case): boolean {
  return drift?.whole !== undefined && drift.hold !== undefined;
}

function isAsApplied({ desired, live }: Case): boolean {
  if (live?.standing.of !== "us" || !live.standing.labelled) return false;
  return parseApplied(live.object.annotations)?.digest === desired.digest;
}

function hasToWrite({ drift, disowned, dropped }: Case): boolean {
  if (disowned || dropped.length > 0 || drift?.whole !== undefined) return true;
  return drift?.fields.some(isWritten) === true;
}

/** nopea.io/suspend-heal on the live object; in Git it does not count. */
function suspended({ desired, live, suspension, now }: Case): Verdict | undefined {
  if (live === undefined || !isSuspended(suspension, now)) return undefined;
  return { action: "hold", desired, live: live.object };
}

/** Git allows that it is made anew, and an apply was just refused. */
function immutable({ desired, live, refusal, isOurs, drift }: Case): Verdict | undefined {
  if (live === undefined || refusal === undefined) return undefined;
  return recreation({ desired, live: live.object, isOurs, drift, refusal });
}

function failedBefore({ desired, failedBefore: fault }: Case): Verdict | undefined {
  return fault === undefined ? undefined : { action: "wait", desired, fault };
}

function notThere({ desired, live }: Case): Verdict | undefined {
  return live === undefined ? { action: "create", desired } : undefined;
}

function nobodys(situation: Case): Verdict | undefined {
  const { live, contestedBy, ignored } = situation;
  if (live?.standing.of !== "nobody") return undefined;
  const force = contestedBy.length > 0;
  return { action: "adopt", ...overwrite(situation), force, held: ignored, healed: [] };
}

function overwrite({
  desired,
  live,
  whole,
  drift,
  dropped,
  thorough,
}: Case): Omit<Overwrite, "force"> {
  if (live === undefined) throw new Error(`${formatKey(desired.key)} is not there`);
  const fields = drift?.fields ?? [];
  return {
    desired,
    live: live.object,
    ...(whole === undefined ? {} : { object: whole }),
    held: fields.filter(field => !isWritten(field)).map(({ path }) => path),
    healed: fields.filter(isWritten).map(({ path }) => path),
    dropped,
    ...(thorough ? { thorough } : {}),
  };
}

function isWritten({ hold }: FieldVerdict): boolean {
  return hold === undefined;
}

function wait(desired: Desired, code: ErrorCode, message: string): Verdict {
  return { action: "wait", desired, fault: { code, message } };
}
