/** Objects that this repository applied and that Git no longer declares. */
import type { Live } from "../../model/live";
import { kindId, type Desired } from "../../model/manifest";
import type { ObjectKey } from "../../model/object-key";
import type { OwnerMarks } from "../../model/ownership";
import { classify } from "./classify";

/** Only what is labelled as ours and has our own field manager: a copy made by hand is nobody's orphan. Sorted. */
export function findOrphans(
  lives: Iterable<readonly [string, Live]>,
  desired: ReadonlyMap<string, Desired>,
  marks: OwnerMarks,
): readonly ObjectKey[] {
  return [...lives]
    .filter(([id, live]) => !desired.has(id) && !live.terminating && isOurs(live, marks))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key }]) => key);
}

function isOurs(live: Live, marks: OwnerMarks): boolean {
  const standing = classify(live, marks, () => false);
  return standing.of === "us" && standing.labelled;
}

export interface Managed {
  readonly desired: readonly Desired[];
  readonly orphans: readonly ObjectKey[];
  /** Kinds that it had objects of before. */
  readonly known: readonly string[];
  /** Kinds that could not be looked at: of those known before there may be orphans. */
  readonly unavailable: ReadonlyMap<string, unknown>;
}

/** Kinds in which this repository has, may have, or is about to have objects: kindIds, sorted. */
export function managedKinds({ desired, orphans, known, unavailable }: Managed): readonly string[] {
  const groupKinds = new Set(orphans.map(({ group, kind }) => `${group}/${kind}`));
  const kept = known.filter(id => groupKinds.has(groupKindOf(id)) || unavailable.has(id));
  const wanted = desired.map(({ kind }) => kindId(kind));
  return [...new Set([...kept, ...wanted])].sort();
}

function groupKindOf(id: string): string {
  const parts = id.split("/");
  return parts.length === 3 ? `${parts[0]}/${parts[2]}` : `/${parts[1]}`;
}
