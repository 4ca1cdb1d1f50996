/** Objects that this repository applied and that Git no longer declares. */
import type { Observation } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { formatKey, type ObjectKey } from "../../model/object-key";
import type { OwnerMarks } from "../../model/ownership";
import { classify } from "./classify";

/** Only what is labelled as ours and has our own field manager: a copy made by hand is nobody's orphan. Sorted. */
export function findOrphans(
  observation: Observation,
  desired: readonly Desired[],
  marks: OwnerMarks,
): readonly ObjectKey[] {
  const wanted = new Set(desired.map(({ key }) => formatKey(key)));
  return [...observation.objects]
    .filter(([id, live]) => !wanted.has(id) && !live.terminating && isOurs(live, marks))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key }]) => key);
}

function isOurs(live: Parameters<typeof classify>[0], marks: OwnerMarks): boolean {
  const standing = classify(live, marks, () => false);
  return standing.of === "us" && standing.labelled;
}

/** Kinds in which this repository has, or is about to have, objects: `apps/v1/Deployment`, sorted. */
export function managedKinds(
  desired: readonly Desired[],
  orphans: readonly ObjectKey[],
  known: readonly string[],
): readonly string[] {
  const groupKinds = new Set(orphans.map(({ group, kind }) => `${group}/${kind}`));
  const kept = known.filter(name => groupKinds.has(groupKindOf(name)));
  const wanted = desired.map(({ kind }) => `${kind.apiVersion}/${kind.kind}`);
  return [...new Set([...kept, ...wanted])].sort();
}

function groupKindOf(name: string): string {
  const parts = name.split("/");
  return parts.length === 3 ? `${parts[0]}/${parts[2]}` : `/${parts[1]}`;
}
