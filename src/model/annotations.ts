/** The names that nopea writes on, or reads from, the objects of a cluster. */

export const API_GROUP = "nopea.false.systems";
export const API_VERSION = `${API_GROUP}/v1alpha1`;

export const LABEL_REPOSITORY = "nopea.io/repository";
export const LABEL_REPOSITORY_NAMESPACE = "nopea.io/repository-namespace";

export const ANNOTATION_APPLIED = "nopea.io/applied";
/** The evidence that the admission hook stamps on an edit by hand. */
export const ANNOTATION_MANUAL_EDIT = "nopea.io/manual-edit";
export const ANNOTATION_SUSPEND_HEAL = "nopea.io/suspend-heal";
/** What stands beside it: from people the reason, from the admission hook the rest. */
export const ANNOTATION_SUSPEND_HEAL_BY = "nopea.io/suspend-heal-by";
export const ANNOTATION_SUSPEND_HEAL_AT = "nopea.io/suspend-heal-at";
export const ANNOTATION_SUSPEND_HEAL_UNTIL = "nopea.io/suspend-heal-until";
export const ANNOTATION_SUSPEND_HEAL_REASON = "nopea.io/suspend-heal-reason";
/** Proof that the hook wrote what it alone writes. */
export const ANNOTATION_SEAL = "nopea.io/seal";
/** What the hook writes beside `suspend-heal`. */
export const COMPANIONS: readonly string[] = [
  ANNOTATION_SUSPEND_HEAL_BY,
  ANNOTATION_SUSPEND_HEAL_AT,
  ANNOTATION_SUSPEND_HEAL_UNTIL,
];
/** What the admission hook writes, and nobody else; the seal covers all but itself. */
export const HOOK_ANNOTATIONS: readonly string[] = [
  ANNOTATION_MANUAL_EDIT,
  ...COMPANIONS,
  ANNOTATION_SEAL,
];
/** On a GitRepository, by people: this commit may prune everything, or what is protected. */
export const ANNOTATION_CONFIRM_PRUNE = "nopea.io/confirm-prune";
/** On a GitRepository with deletionPolicy Delete, until its objects are gone. */
export const FINALIZER = "nopea.io/delete-objects";
export const ANNOTATION_SYNC_AT = "nopea.io/sync-at";

/** What Git may say to nopea about one object; every other nopea.io name belongs to the live object alone. */
export const ANNOTATION_PRUNE = "nopea.io/prune";
export const ANNOTATION_IGNORE = "nopea.io/ignore";
export const ANNOTATION_RECREATE = "nopea.io/recreate";

/** True for a label or annotation in nopea's own domain. */
export function isOwnName(name: string): boolean {
  return name.startsWith("nopea.io/");
}
