/** The break-glass annotation `nopea.io/suspend-heal`: whether it holds nopea off an object, and until when. */
import {
  ANNOTATION_SEAL,
  ANNOTATION_SUSPEND_HEAL,
  ANNOTATION_SUSPEND_HEAL_REASON,
  COMPANIONS,
} from "../../model/annotations";
import { parseDuration } from "../../model/duration";
import { parseTime } from "../../model/time";

/** Milliseconds since the epoch. */
export interface Suspension {
  /** When it was set, as far as is known. */
  readonly at: number;
  /** Undefined: until somebody takes the annotation off. */
  readonly until?: number;
  readonly reason?: string;
  /** Absent: nobody witnessed it. */
  readonly by?: string;
}

type Annotations = Readonly<Record<string, string>>;

const UNTIL_REMOVED: ReadonlySet<string> = new Set(["true", "1", "yes"]);

/** 9999-12-31T23:59:59Z: what a time can be written as. */
export const LAST_TIME = 253_402_300_799_000;

/** Undefined: nothing suspends the object. `at`: when the annotation was first seen as it is; a duration counts from then. */
export function readSuspension(annotations: Annotations, at: number): Suspension | undefined {
  const value = annotations[ANNOTATION_SUSPEND_HEAL] ?? "";
  const reason = annotations[ANNOTATION_SUSPEND_HEAL_REASON];
  const told = reason === undefined || reason === "" ? { at } : { at, reason };
  if (UNTIL_REMOVED.has(value)) return told;
  const duration = parseDuration(value);
  const until = duration === undefined ? parseTime(value) : at + duration;
  return until === undefined ? undefined : { ...told, until: Math.min(until, LAST_TIME) };
}

/** True while the object must not be written. */
export function isSuspended(suspension: Suspension | undefined, now: number): boolean {
  return suspension !== undefined && now < (suspension.until ?? Infinity);
}

/** Times as the status holds them: whole seconds, the end rounded up. */
export interface ToldSuspension {
  readonly at: number;
  readonly until: number | undefined;
}

const ROUNDING_MS = 2_000;

/**
 * When the annotation was first seen, for one that has the value that was told of: with the same beginning it has the
 * same end. Undefined: it has another. The end that was told is kept, since the beginning was cut to a second.
 */
export function firstSeenAt(
  annotations: Annotations,
  { at, until }: ToldSuspension,
): number | undefined {
  const { until: end } = readSuspension(annotations, at) ?? {};
  if (end === undefined || until === undefined) return end === until ? at : undefined;
  return Math.abs(until - end) < ROUNDING_MS ? at + Math.max(until - end, 0) : undefined;
}

/** What is taken off when a timed suspension has ended, so that the same command works again next time. */
export function annotationsOf(annotations: Annotations): readonly string[] {
  return NAMES.filter(name => annotations[name] !== undefined);
}

/** Without the names that it covers, the seal says nothing. */
const NAMES = [
  ANNOTATION_SUSPEND_HEAL,
  ...COMPANIONS,
  ANNOTATION_SUSPEND_HEAL_REASON,
  ANNOTATION_SEAL,
];
