/** What the repository applied once and no longer declares, and what would become of it. */
import { METADATA_LIST_ONLY } from "../../adapters/kube/client";
import { listAll, selectorOf } from "../../adapters/kube/list";
import { readLive } from "../../adapters/kube/live";
import { isProtected } from "../../core/sync/prune";
import { findUndeclared } from "../../core/sync/orphans";
import { ANNOTATION_PRUNE } from "../../model/annotations";
import type { Live } from "../../model/live";
import type { Desired, KindInfo } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { OwnerMarks } from "../../model/ownership";
import type { Context } from "../context";
import type { ObjectChange } from "./change";
import { suspensionOf } from "./notes";

export interface Orphaning {
  readonly kinds: readonly KindInfo[];
  readonly desired: readonly Desired[];
  readonly marks: OwnerMarks;
  /** spec.prune */
  readonly prune: boolean;
}

/** Sorted by name. */
export async function askOrphans(
  context: Context,
  { kinds, desired, marks, prune }: Orphaning,
): Promise<readonly ObjectChange[]> {
  const known = new Map<string, { readonly live: Live }>();
  for (const kind of kinds) {
    for (const live of await labelled(context, kind, marks))
      known.set(formatKey(live.key), { live });
  }
  const declared = new Map(desired.map(one => [formatKey(one.key), one]));
  const { orphans } = findUndeclared(known, declared, marks);
  return orphans.map(({ live }) => orphanOf(live, prune, context.now()));
}

async function labelled(
  { kube, signal, progress }: Context,
  kind: KindInfo,
  { labels }: OwnerMarks,
): Promise<readonly Live[]> {
  progress(`looking for ${kind.plural} that Git no longer declares`);
  const labelSelector = selectorOf(labels);
  const of = { kind, namespace: "", labelSelector, accept: METADATA_LIST_ONLY };
  const listed = await listAll(kube, of, signal);
  return (listed?.items ?? []).flatMap(item => readLive(kind, item) ?? []);
}

function orphanOf(live: Live, prune: boolean, now: number): ObjectChange {
  const because = staysBecause(live, prune, now);
  return {
    object: formatKey(live.key),
    action: because === undefined ? "delete" : "orphan",
    fields: [],
    notes: [because ?? "Git no longer declares it: it is deleted"],
  };
}

function staysBecause(live: Live, prune: boolean, now: number): string | undefined {
  if (live.terminating) return "it is being deleted";
  if (!prune)
    return "Git no longer declares it: it stays, and is reported as orphaned (prune: false)";
  if (live.annotations[ANNOTATION_PRUNE] === "disabled") {
    return "Git no longer declares it: it stays (nopea.io/prune: disabled)";
  }
  if (isProtected(live.key)) {
    return "Git no longer declares it: it stays until somebody confirms it (nopea.io/confirm-prune)";
  }
  return suspensionOf(live, now) === undefined
    ? undefined
    : "Git no longer declares it: it stays while it is suspended (nopea.io/suspend-heal)";
}
