/** A drift episode: from the first edit of an object by hand until it is as Git declares again, whoever sees to that. */
import type { FieldValue } from "./drift";
import type { ObjectKey } from "./object-key";

/** One write by somebody else, as far as it is known. */
export interface Edit {
  /** ULID. */
  readonly id: string;
  /** User name; "unknown" where nobody witnessed it. */
  readonly by: string;
  readonly groups?: readonly string[];
  /** Milliseconds since the epoch, like every time here. */
  readonly at: number;
  readonly verb: "UPDATE" | "SCALE" | "DELETE" | "CREATE";
  /** Field manager; absent where managedFields do not know it: what was removed leaves no trace. */
  readonly manager?: string;
  readonly source: "admission" | "inferred";
  readonly changes: readonly Change[];
}

export interface Change {
  /** As formatPath writes it. */
  readonly path: string;
  readonly from?: FieldValue;
  readonly to?: FieldValue;
}

export type OpenDecision =
  /** Healed at `until`: the grace period, or the pause of a fight. */
  | "waiting"
  /** Somebody set nopea.io/suspend-heal. */
  | "suspended"
  /** healPolicy manual or notify, conflictPolicy live. */
  | "left"
  /** The API server refuses it, for now. */
  | "failed";

export type ClosedDecision =
  /** Git's value was put back. */
  | "healed"
  /** Git declares the live value now. */
  | "committed"
  /** Somebody put it back by hand. */
  | "undone";

export interface Episode {
  /** Name of its DriftRecord: a lower-case ULID of the episode's start. */
  readonly record: string;
  readonly key: ObjectKey;
  readonly apiVersion: string;
  readonly uid: string;
  readonly class: "manual_drift" | "conflict";
  /** Of the first edit; of the detection where nopea was away. */
  readonly since: number;
  /** Oldest first, the newest few. */
  readonly edits: readonly Edit[];
  /** Paths that are not as Git declares; none: the object was deleted. */
  readonly fields: readonly string[];
  /** Those of them that Git changed too. */
  readonly conflicts: readonly string[];
  /** Edits of the same fields that were folded in. */
  readonly repeats: number;
  readonly decision: OpenDecision | ClosedDecision;
  /** When it was made. */
  readonly decisionAt: number;
  /** When it is carried out. */
  readonly until?: number;
  /** When healing may begin at the earliest, also while something else holds it back. */
  readonly graceUntil?: number;
  /** Why, in one sentence. */
  readonly reason: string;
  /** Full SHA that it was compared with. */
  readonly commit: string;
}

/** True until it is healed, committed or undone. */
export function isOpen({ decision }: Pick<Episode, "decision">): boolean {
  return decision !== "healed" && decision !== "committed" && decision !== "undone";
}

/** True for a user that is no person, or that nobody knows: a ServiceAccount, or a part of the control plane. */
export function isMachine(by: string): boolean {
  return by === "unknown" || by.startsWith("system:");
}
