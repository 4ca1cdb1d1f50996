/** What the answer to nopea's own write teaches: the object as it is now is as it should be. */
import { carryOver } from "../core/drift/carry-over";
import { changedLeaves } from "../core/drift/changed-leaves";
import { told, type Known } from "../core/drift/known";
import { takeSnapshot, type Reader, type Snapshot } from "../core/drift/snapshot";
import { autoscaledFields } from "../core/heal/autoscaled";
import type { Sighting } from "../model/live";
import type { Step } from "../model/plan";

export interface Lesson {
  readonly step: Step;
  readonly sighting: Sighting;
  readonly before: Known | undefined;
  readonly now: number;
}

/** Fields that were held still are under somebody's hand: they are compared with what they were before it. */
export function learn({ step, sighting, before, now }: Lesson, reader: Reader): Known {
  const { desired, held } = step;
  const { live, object } = sighting;
  const taken = takeSnapshot(object, desired.manifest, reader);
  const previous = before?.snapshot ?? takeSnapshot(desired.manifest, desired.manifest, reader);
  const snapshot: Snapshot = carryOver(taken, previous, held);
  const differs = held.length > 0 && changedLeaves(snapshot, object, reader).length > 0;
  return {
    kind: desired.kind,
    live,
    snapshot,
    base: desired.manifest,
    autoscaled: autoscaledFields(object),
    ...told(sighting, before, { reader, now }),
    ...(differs ? { object, changedAt: before?.changedAt ?? now } : {}),
  };
}
