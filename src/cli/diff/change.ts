/** What a sync would do to one object, as it is printed. */
import type { Change } from "../../model/episode";

export interface FieldChange extends Change {
  /** Field managers other than this repository's that own the field now. */
  readonly owners: readonly string[];
}

export interface ObjectChange {
  readonly object: string;
  readonly action:
    | "create"
    | "update"
    /** Git no longer declares it, and prune is on. */
    | "delete"
    /** Git no longer declares it; it stays. */
    | "orphan"
    /** The API server says no. */
    | "refused";
  readonly fields: readonly FieldChange[];
  /** Where Git declares it: `deploy/api.yaml:1`. */
  readonly source?: string;
  /** Sentences: why it waits, what is to be known. */
  readonly notes: readonly string[];
}
