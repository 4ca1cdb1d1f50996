/** `nopea.io/recreate: enabled`: an object whose immutable field Git changes is deleted and made anew. */
import { ANNOTATION_RECREATE } from "../../model/annotations";
import type { Live } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { parseApplied } from "../../model/ownership";
import type { DriftVerdict, Fault, Verdict } from "../../model/verdict";

/** Whoever deletes one of these deletes what it holds. */
const HOLDING_DATA: ReadonlySet<string> = new Set([
  "CustomResourceDefinition",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
]);

/** True where Git allows it. */
export function asksToRecreate({ manifest }: Desired): boolean {
  return manifest.metadata.annotations?.[ANNOTATION_RECREATE] === "enabled";
}

/** True where the end of the object is nobody's edit: Git has changed it, and allows that it is made anew for that. */
export function isMeantToGo(desired: Desired | undefined, live: Live): boolean {
  return desired !== undefined && asksToRecreate(desired) && !isApplied(desired, live);
}

function isApplied({ digest }: Desired, live: Live): boolean {
  return parseApplied(live.annotations)?.digest === digest;
}

export interface Recreating {
  readonly desired: Desired;
  readonly live: Live;
  /** It has our labels and our own managedFields entry. */
  readonly isOurs: boolean;
  readonly drift: DriftVerdict | undefined;
  /** What an apply was just refused for. */
  readonly refusal: Fault;
}

/** To be deleted and made anew, or why not. */
export function recreation(recreating: Recreating): Verdict {
  const { desired, live, refusal } = recreating;
  const obstacle = obstacleTo(recreating);
  if (obstacle === undefined) return { action: "recreate", desired, live };
  const message = `${refusal.message} (in spite of ${ANNOTATION_RECREATE} it stays: ${obstacle})`;
  return { action: "wait", desired, fault: { ...refusal, message } };
}

function obstacleTo({ desired, live, isOurs, drift }: Recreating): string | undefined {
  const { kind } = desired.key;
  if (HOLDING_DATA.has(kind)) return `deleting a ${kind} would delete what it holds`;
  if (!isOurs) return "nopea has not made it, or its labels or managedFields were taken off";
  // made anew, it would be refused again
  if (isApplied(desired, live)) return "it is what Git declares that was changed in the cluster";
  const kept = keptFields(drift);
  return kept.length === 0 ? undefined : `edits by hand are kept on it, of ${kept.join(", ")}`;
}

/** What is left to others for good is set anew, as when the object was made first. */
function keptFields(drift: DriftVerdict | undefined): readonly string[] {
  return (drift?.fields ?? [])
    .filter(({ hold }) => hold !== undefined && hold !== "ignored" && hold !== "autoscaled")
    .map(({ drift: { path } }) => path);
}
