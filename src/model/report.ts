/** What one sync did: made once, told five times (status, Events, CDEvents, metrics, log). */
import type { Episode } from "./episode";
import type { PendingObject } from "./git-repository";
import type { ObjectKey, ObjectRef } from "./object-key";
import type { Fault } from "./verdict";

export interface FailedObject {
  readonly key: ObjectKey;
  /** `deploy/api.yaml:12` */
  readonly source: string;
  readonly fault: Fault;
}

/** Times are milliseconds since the epoch. */
export interface Suspended extends ObjectRef {
  readonly at: number;
  readonly until?: number;
  readonly reason?: string;
  /** Absent: nobody witnessed it. */
  readonly by?: string;
}

/** Fields that an autoscaler has set, and that are left to it. */
export interface Autoscaled extends ObjectRef {
  /** As formatPath writes them. */
  readonly fields: readonly string[];
}

export interface Report {
  /** ULID, the same in every place that tells of this sync. */
  readonly id: string;
  /** The commit that was tried; absent where the tip could not be found out. */
  readonly commit?: string;
  /** What stopped the sync as a whole, before or besides any object. */
  readonly fault?: Fault;
  /** False where the sync ended before it looked at the cluster: then what follows says nothing. */
  readonly looked: boolean;
  /** Every object was decided on since the process began: what is in no list is not so. */
  readonly isWhole: boolean;
  readonly failed: readonly FailedObject[];
  readonly created: readonly ObjectKey[];
  readonly updated: readonly ObjectKey[];
  readonly adopted: readonly ObjectKey[];
  /** Suspended, while Git wants something of them. */
  readonly held: readonly ObjectKey[];
  /** Episodes that are open, in the order of their start. */
  readonly drift: readonly Episode[];
  /** Objects that nobody may heal, drifted or not. */
  readonly suspended: readonly Suspended[];
  readonly autoscaled: readonly Autoscaled[];
  /** Objects that are healed again and again: sentences. */
  readonly fights: readonly string[];
  /** Not declared any more, and there. */
  readonly orphans: readonly ObjectRef[];
  /** Orphans that were deleted: gone, or going as their finalizers let them. */
  readonly pruned: readonly ObjectRef[];
  /** Orphans that wait until somebody does something; first what a later process has to know. */
  readonly unpruned: readonly PendingObject[];
  /** Objects that Git declares. */
  readonly total: number;
  /** `apps/v1/Deployment`, sorted: every kind of which this repository may have objects in the cluster. */
  readonly kinds: readonly string[];
  /** What the user should know though nothing failed, each in a sentence. */
  readonly notices: readonly string[];
  /** Objects that were really changed. */
  readonly writes: number;
}

/** What the sync is said to have failed for: the whole first, then its objects; undefined when all is well. */
export function firstFault({ fault, failed }: Report): Fault | undefined {
  return fault ?? failed[0]?.fault;
}
