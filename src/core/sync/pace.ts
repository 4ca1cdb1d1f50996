/** When a repository is looked at again. */
import { describeError } from "../../model/errors";
import { formatKey } from "../../model/object-key";
import type { FailedObject, Report } from "../../model/report";
import type { Fault } from "../../model/verdict";
import { backoff, isTooEarly } from "./backoff";
import type { Failures } from "./failures";

/** At most six tries a minute where each try may lock an account. */
const SLOWEST_HURRY_MS = 10_000;

export interface Pacing {
  readonly report: Report;
  readonly failures: Failures;
  /** Attempts in a row that did not succeed, this one included. */
  readonly failed: number;
  readonly intervalMs: number;
  readonly now: number;
}

/** Milliseconds since the epoch. */
export interface Pace {
  /** When to ask Git again. */
  readonly wakeAt: number;
  /** When to walk again although neither Git nor the spec changed; Infinity: not at all. */
  readonly walkAt: number;
  /** No push makes it earlier: each try may lock an account. */
  readonly isFixed: boolean;
}

/** The pace after a sync. */
export function paceAfter(pacing: Pacing): Pace {
  const { report, intervalMs, now } = pacing;
  if (report.fault !== undefined) return paceAfterFault(report.fault, pacing);
  const walkAt = Math.min(Infinity, ...report.failed.map(object => retryAt(object, pacing)));
  return { wakeAt: Math.min(now + intervalMs, walkAt), walkAt, isFixed: false };
}

function paceAfterFault(fault: Fault, { failed, intervalMs, now }: Pacing): Pace {
  switch (describeError(fault.code).retry) {
    case "change":
      return { wakeAt: now + intervalMs, walkAt: Infinity, isFixed: false };
    case "poll":
      return both(now + Math.min(intervalMs, backoff(failed)));
    case "backoff":
      return both(now + backoff(failed));
    case "slowly":
      return { ...both(now + Math.max(SLOWEST_HURRY_MS, backoff(failed))), isFixed: true };
  }
}

/** What only waits is looked for at each interval; what was written and refused has its own clock. */
function retryAt(
  { key, fault }: FailedObject,
  { failures, failed, intervalMs, now }: Pacing,
): number {
  const refused = failures.get(formatKey(key));
  // what was refused long ago and waits for something else now has nothing to say
  if (refused !== undefined && isTooEarly(refused.retryAt, now)) return refused.retryAt;
  const { retry } = describeError(fault.code);
  return now + (retry === "poll" ? Math.min(intervalMs, backoff(failed)) : backoff(failed));
}

function both(at: number): Pace {
  return { wakeAt: at, walkAt: at, isFixed: false };
}
