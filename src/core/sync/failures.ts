/** Remembers which content of which object the API server refused, so that it is not written again at once. */
import type { Desired } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { StepOutcome } from "../../model/outcome";
import type { Fault } from "../../model/verdict";
import { backoff, isTooEarly } from "./backoff";

export interface Failure {
  readonly digest: string;
  readonly fault: Fault;
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly retryAt: number;
}

/** By formatKey. */
export type Failures = ReadonlyMap<string, Failure>;

/** The memory after these outcomes: what succeeded is forgotten, what failed again waits longer. */
export function remember(
  failures: Failures,
  outcomes: readonly StepOutcome[],
  now: number,
): Failures {
  const next = new Map(failures);
  for (const outcome of outcomes) {
    const id = formatKey(outcome.desired.key);
    const before = next.get(id);
    if (outcome.result === "applied") next.delete(id);
    // stale and contested are decided again at once: they say nothing about the content
    if (outcome.result !== "failed") continue;
    const { digest } = outcome.desired;
    const times = (before?.digest === digest ? before.times : 0) + 1;
    next.set(id, { digest, fault: outcome.fault, times, retryAt: now + backoff(times) });
  }
  return next;
}

/** Why this very content failed before, while it is too early to try again. */
export function failedBefore(failures: Failures, desired: Desired, now: number): Fault | undefined {
  const failure = failures.get(formatKey(desired.key));
  if (failure?.digest !== desired.digest) return undefined;
  return isTooEarly(failure.retryAt, now) ? failure.fault : undefined;
}
