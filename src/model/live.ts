/** An object as the cluster holds it, as far as a decision needs it. */
import type { JsonObject } from "./json";
import type { ObjectKey } from "./object-key";

/** One entry of metadata.managedFields: who wrote, and how. */
export interface FieldManager {
  readonly manager: string;
  readonly operation: string;
}

/** The metadata of a live object. */
export interface Live {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly managers: readonly FieldManager[];
  /** True once it has a deletionTimestamp. */
  readonly terminating: boolean;
}

/** A live object as a list, a watch or an answer showed it. */
export interface Sighting {
  readonly live: Live;
  /** The whole of it. */
  readonly object: JsonObject;
}
