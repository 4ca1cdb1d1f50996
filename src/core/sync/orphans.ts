/** Objects that this repository applied and that Git no longer declares. */
import type { Live } from "../../model/live";
import { kindId, type Desired } from "../../model/manifest";
import type { ObjectKey } from "../../model/object-key";
import { isLabelledAs, type OwnerMarks } from "../../model/ownership";
import { isAppliedAs } from "./classify";

export interface Undeclared<T> {
  readonly orphans: readonly T[];
  /** Labelled as ours, but never applied by us: copies by hand. They are nobody's orphans. */
  readonly copies: readonly T[];
}

/**
 * Only what has our labels and our own field manager counts as ours. Both sorted. An object that is served in two groups
 * and declared in one of them is declared.
 */
export function findUndeclared<T extends { readonly live: Live }>(
  known: ReadonlyMap<string, T>,
  desired: ReadonlyMap<string, unknown>,
  marks: OwnerMarks,
): Undeclared<T> {
  const undeclared = [...known]
    .filter(([id, { live }]) => !desired.has(id) && isLabelledAs(marks, live.labels))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);
  // mostly there is none, and every heal asks
  if (undeclared.length === 0) return { orphans: [], copies: [] };
  const declared = new Set(
    [...known].flatMap(([id, { live }]) => (desired.has(id) ? [live.uid] : [])),
  );
  const others = undeclared.filter(({ live }) => !declared.has(live.uid));
  const isOurs = ({ live }: T) => isAppliedAs(live, marks);
  return { orphans: others.filter(isOurs), copies: others.filter(item => !isOurs(item)) };
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
