/** Who set a suspension, when and until when: what the admission hook writes beside `nopea.io/suspend-heal`. */
import {
  ANNOTATION_SUSPEND_HEAL_AT,
  ANNOTATION_SUSPEND_HEAL_BY,
  ANNOTATION_SUSPEND_HEAL_UNTIL,
} from "../../model/annotations";
import { parseTime, secondsUp } from "../../model/time";
import { LAST_TIME, readSuspension } from "../heal/suspension";
import type { Texts } from "./own-names";

/** Milliseconds since the epoch, whole seconds. */
export interface Companions {
  readonly by: string;
  readonly at: number;
  /** Absent: until somebody takes the annotation off. */
  readonly until?: number;
}

/** What a suspension that is set now has beside it; undefined: the value suspends nothing, or nothing any more. */
export function companionsOf(annotations: Texts, by: string, now: number): Companions | undefined {
  const at = Math.floor(now / 1000) * 1000;
  const suspension = readSuspension(annotations, at);
  if (suspension === undefined) return undefined;
  const { until } = suspension;
  if (until === undefined) return { by, at };
  return until > now ? { by, at, until: wholeSeconds(until) } : undefined;
}

/** Never sooner than asked; within what a time can be written as. */
export function wholeSeconds(until: number): number {
  return Math.min(secondsUp(until), LAST_TIME);
}

/** As annotations. */
export function writeCompanions(
  { by, at, until }: Companions,
  rfc3339: (milliseconds: number) => string,
): Texts {
  return {
    [ANNOTATION_SUSPEND_HEAL_BY]: by,
    [ANNOTATION_SUSPEND_HEAL_AT]: rfc3339(at),
    ...(until === undefined ? {} : { [ANNOTATION_SUSPEND_HEAL_UNTIL]: rfc3339(until) }),
  };
}

/** The inverse; undefined where they are incomplete, or belong to another value of the annotation than it has. */
export function readCompanions(annotations: Texts): Companions | undefined {
  const by = annotations[ANNOTATION_SUSPEND_HEAL_BY];
  const at = timeOf(annotations[ANNOTATION_SUSPEND_HEAL_AT]);
  if (by === undefined || at === undefined) return undefined;
  const suspension = readSuspension(annotations, at);
  if (suspension === undefined) return undefined;
  const until = suspension.until === undefined ? undefined : wholeSeconds(suspension.until);
  if (timeOf(annotations[ANNOTATION_SUSPEND_HEAL_UNTIL]) !== until) return undefined;
  return { by, at, ...(until === undefined ? {} : { until }) };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTime(text);
}
