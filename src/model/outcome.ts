/** What came of one step. */
import type { Sighting } from "./live";
import type { Desired } from "./manifest";
import type { Fault } from "./verdict";

export type StepOutcome =
  /** The server took it; `changed` is false when it held exactly that already. */
  | {
      readonly result: "applied";
      readonly desired: Desired;
      readonly created: boolean;
      readonly changed: boolean;
      /** The object as it is now. */
      readonly sighting: Sighting;
    }
  /** The annotations of a suspension that has ended are off: decide again. */
  | { readonly result: "released"; readonly desired: Desired; readonly sighting: Sighting }
  /** It was deleted, to be made anew: decide again. It may still be there, until its finalizers let it go. */
  | { readonly result: "removed"; readonly desired: Desired }
  /** The object is not the one that the step was decided on: decide again. `patched`: but a patch before it is in. */
  | { readonly result: "stale"; readonly desired: Desired; readonly patched?: boolean }
  /** Others own fields of it (an unforced apply said so). */
  | {
      readonly result: "contested";
      readonly desired: Desired;
      readonly managers: readonly string[];
    }
  | { readonly result: "failed"; readonly desired: Desired; readonly fault: Fault };

/** True where the write, or the first half of it, changed the object. */
export function hasWritten(outcome: StepOutcome | undefined): boolean {
  if (outcome?.result === "stale") return outcome.patched === true;
  return outcome?.result === "applied" || outcome?.result === "removed";
}

/** The patch of a write that came too late is in, however often what follows it comes too late as well. */
export function stillHalf(outcome: StepOutcome, before: StepOutcome | undefined): StepOutcome {
  const isHalf = before?.result === "stale" && before.patched === true;
  return isHalf && outcome.result === "stale" ? { ...outcome, patched: true } : outcome;
}
