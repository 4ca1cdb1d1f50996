/** Says whose a live object is: the first question before nopea writes anything. */
import type { Live } from "../../model/live";
import {
  isLabelledAs,
  labelledOwner,
  managingRepository,
  type OwnerMarks,
  type RepositoryName,
} from "../../model/ownership";

export type Standing =
  /** Our labels and our own field manager: a copy made by hand has the first, but not the second. */
  | { readonly of: "us"; readonly labelled: boolean }
  | { readonly of: "another"; readonly repository: RepositoryName }
  | { readonly of: "nobody" };

/** `exists` tells whether a GitRepository with these (label) names is still there: one that is gone owns nothing. */
export function classify(
  live: Live,
  marks: OwnerMarks,
  exists: (repository: RepositoryName) => boolean,
): Standing {
  const applied = isManagedAs(live, marks);
  const labelled = isLabelledAs(marks, live.labels);
  // the labels say who has it now: an owner of before stays among the managers after it lost the object
  if (applied && labelled) return { of: "us", labelled };
  const other = otherOwners(live, marks).find(exists);
  if (other !== undefined) return { of: "another", repository: other };
  return applied ? { of: "us", labelled } : { of: "nobody" };
}

/** Our labels and our own managedFields entry: what may be deleted. A copy made by hand has the first only. */
export function isAppliedAs(live: Live, marks: OwnerMarks): boolean {
  return isManagedAs(live, marks) && isLabelledAs(marks, live.labels);
}

function isManagedAs({ managers }: Live, { fieldManager }: OwnerMarks): boolean {
  return managers.some(
    ({ manager, operation }) => manager === fieldManager && operation === "Apply",
  );
}

/** Repositories that an object's labels or field managers name, other than ours. */
export function otherOwners(live: Live, marks: OwnerMarks): readonly RepositoryName[] {
  const labelled = labelledOwner(live.labels);
  const fromLabels = labelled === undefined || isLabelledAs(marks, live.labels) ? [] : [labelled];
  const fromManagers = live.managers.flatMap(({ manager, operation }) => {
    const repository = managingRepository(manager);
    return repository === undefined || operation !== "Apply" || manager === marks.fieldManager
      ? []
      : [repository];
  });
  return [...fromLabels, ...fromManagers];
}
