/** What one sync did: made once, told five times (status, Events, CDEvents, metrics, log). */
import type { ObjectKey } from "./object-key";
import type { Fault } from "./verdict";

export interface FailedObject {
  readonly key: ObjectKey;
  /** `deploy/api.yaml:12` */
  readonly source: string;
  readonly fault: Fault;
}

export interface Report {
  /** ULID, the same in every place that tells of this sync. */
  readonly id: string;
  readonly commit?: string;
  /** What stopped the sync as a whole, before or besides any object. */
  readonly fault?: Fault;
  readonly failed: readonly FailedObject[];
  readonly created: readonly ObjectKey[];
  readonly updated: readonly ObjectKey[];
  readonly adopted: readonly ObjectKey[];
  readonly held: readonly ObjectKey[];
  readonly orphans: readonly ObjectKey[];
  readonly total: number;
  readonly kinds: readonly string[];
  readonly notices: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly writes: number;
}
