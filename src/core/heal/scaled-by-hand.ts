/** Whether what looks like an autoscaler's doing was a person's: people scale with all kinds of clients. */
import { isMachine, type Edit } from "../../model/episode";
import { toCanonicalJson } from "../../model/json";
import type { Known } from "../drift/known";
import { valueAt } from "../drift/project";

export interface Scaling {
  readonly known: Known | undefined;
  /** Newest first. */
  readonly edits: readonly Edit[];
}

/** True where the last who was seen to scale is a person, and the object still has that number. */
export function isScaledByHand({ known, edits }: Scaling): boolean {
  const last = edits.find(({ verb, source }) => verb === "SCALE" && source === "admission");
  return last !== undefined && !isMachine(last.by) && last.changes[0]?.to === replicasOf(known);
}

/** As canonical JSON; null where nothing was scaled. */
function replicasOf(known: Known | undefined): string | null {
  const [path] = known?.autoscaled ?? [];
  const value = known?.object && path ? valueAt(known.object, path) : undefined;
  return value === undefined ? null : toCanonicalJson(value);
}
