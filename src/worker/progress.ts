/** What a walk has come to so far, also when something ends it early. */
import type { Failures } from "../core/sync/failures";
import type { FieldPath } from "../model/field-path";
import type { StepOutcome } from "../model/outcome";
import type { Fault, Verdict } from "../model/verdict";
import type { Evidence } from "./judge";

/** Maps and sets are by formatKey, `unavailable` by kindId. */
export interface Progress {
  /** The last verdict on each object. */
  readonly verdicts: Map<string, Verdict>;
  readonly evidence: Map<string, Evidence>;
  /** The last outcome of each object that was written. */
  readonly outcomes: Map<string, StepOutcome>;
  readonly leftovers: Map<string, readonly FieldPath[]>;
  /** Objects that an apply was just refused for: other means are tried at once. */
  readonly refused: Set<string>;
  /** Why an apply was just refused of what Git allows to be made anew. */
  readonly immutable: Map<string, Fault>;
  /** Objects that are tried once more, since the rest of the walk may have mended what they failed for. */
  readonly retried: Set<string>;
  failures: Failures;
  unavailable: ReadonlyMap<string, Fault>;
}

/** Nothing yet. */
export function beginProgress(
  failures: Failures,
  unavailable: ReadonlyMap<string, Fault>,
): Progress {
  return {
    verdicts: new Map(),
    evidence: new Map(),
    outcomes: new Map(),
    leftovers: new Map(),
    refused: new Set(),
    immutable: new Map(),
    retried: new Set(),
    failures,
    unavailable,
  };
}
