/** What the admission hook knows beside the request: values, and no way to ask for more. */
import type { Account } from "../../model/account";
import type { FieldPath } from "../../model/field-path";
import type { ConflictPolicy, HealPolicy } from "../../model/git-repository";
import type { RepositoryName, Sha256 } from "../../model/ownership";
import type { ShowValues } from "../../model/settings";
import type { Texts } from "./own-names";
import type { Seal } from "./seal";

/** A GitRepository, as far as it says what becomes of an edit. */
export interface Managing extends RepositoryName {
  readonly healPolicy: HealPolicy;
  readonly graceMs?: number;
  readonly suspended: boolean;
  readonly conflictPolicy: ConflictPolicy;
}

export interface Knowing {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly sha256: Sha256;
  readonly seal: Seal;
  readonly showValues: ShowValues;
  /** Cuts off what is below a second. */
  readonly rfc3339: (milliseconds: number) => string;
  /** By the labels of an object; undefined: not known, or not yet. */
  readonly repositoryOf: (labels: Texts) => Managing | undefined;
  /** Fields of the object of this uid that are known to be edited, whoever did it: they are nobody's to compare otherwise. */
  readonly openFields: (uid: string) => readonly FieldPath[];
  /** nopea's own account, where it is another than a deployment gives it. */
  readonly account?: Account;
}
