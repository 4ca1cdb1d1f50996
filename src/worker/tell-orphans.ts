/** What a report says of objects that Git no longer declares. */
import { listNames } from "../core/report/list-names";
import { refOf } from "./orphanage";
import type { Pruned } from "./pruner";
import { formatKey } from "../model/object-key";
import type { FailedObject, Report, Suspended } from "../model/report";

/** What is on its way is no orphan any more. */
export function tellOrphans({ orphans, pruned, pending, faults }: Pruned): Pick<
  Report,
  "orphans" | "pruned" | "unpruned"
> & {
  readonly notGone: readonly FailedObject[];
} {
  const notGone = orphans.flatMap(({ orphan: { live } }) => {
    const fault = faults.get(formatKey(live.key));
    return fault === undefined ? [] : [{ key: live.key, source: "no longer in Git", fault }];
  });
  return {
    orphans: orphans.filter(({ fate }) => fate !== "going").map(({ orphan }) => refOf(orphan)),
    pruned,
    unpruned: pending,
    notGone,
  };
}

/** Somebody holds nopea off them, as with what Git declares. */
export function suspendedOrphans({ orphans }: Pruned): readonly Suspended[] {
  return orphans.flatMap(({ orphan: { kind, live, suspension }, fate }) =>
    fate === "suspended" && suspension !== undefined
      ? [{ ...refOf({ kind, live }), ...suspension }]
      : [],
  );
}

/** What waits, for what, and what to do. */
export function orphanNotices({ orphans, pending, copies }: Pruned): readonly string[] {
  const going = orphans.filter(({ fate }) => fate === "going");
  const unconfirmed = pending.filter(({ because }) => because === "confirm-prune");
  const [first] = unconfirmed;
  return [
    ...(first === undefined
      ? []
      : [
          `Not pruned until somebody confirms it with the annotation nopea.io/confirm-prune=${first.commit} on this GitRepository: ${listNames(unconfirmed.map(({ object }) => object))}`,
        ]),
    ...(going.length === 0
      ? []
      : [
          `Deleted, waiting for finalizers: ${listNames(going.map(({ orphan }) => formatKey(orphan.live.key)))}`,
        ]),
    ...(copies.length === 0
      ? []
      : [
          `Left alone, since they carry this repository's labels but were not applied by it: ${listNames(copies.map(formatKey))}`,
        ]),
  ];
}
