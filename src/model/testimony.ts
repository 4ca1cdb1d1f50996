/** What the admission hook saw of a write that no object can carry the evidence of: a deletion, or one of the scale subresource. */
import type { Edit } from "./episode";
import type { ObjectKey } from "./object-key";

export interface Testimony {
  /** Name of the DriftRecord that holds it, for as long as it is pending. */
  readonly record: string;
  readonly key: ObjectKey;
  readonly apiVersion: string;
  readonly uid: string;
  /** Its verb is DELETE or SCALE; whether it happened, only a watch tells. */
  readonly edit: Edit;
}
