/** What separates a live object from what Git declares, field by field, and on whose account. */

export type DriftClass =
  /** Git declares something else than it did when nopea last applied the object. */
  | "git_change"
  /** The live value is no longer the one that our own apply was answered with. */
  | "manual_drift"
  /** Both, with different results. */
  | "conflict";

/** A value as canonical JSON, or HIDDEN; undefined: absent. */
export type FieldValue = string | undefined;

/** Stands for a value that nopea must not hold. */
export const HIDDEN = "(changed)";

export interface FieldDrift {
  readonly class: DriftClass;
  /** As formatPath writes it. */
  readonly path: string;
  /** git_change: the live value; else the value before the edit. */
  readonly from: FieldValue;
  /** git_change: what Git declares now; else the live value. */
  readonly to: FieldValue;
  /** conflict: what Git declares now. */
  readonly git?: FieldValue;
}

export type ObjectDrift =
  | { readonly object: "present"; readonly fields: readonly FieldDrift[] }
  /** Gone, by hand: nothing is left to compare. */
  | { readonly object: "deleted" }
  /** Another object by the same name: nothing of it is our doing. */
  | { readonly object: "recreated"; readonly fields: readonly FieldDrift[] };
