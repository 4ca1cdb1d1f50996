/** What nopea decides about one object, with the reason. */
import type { FieldDrift } from "./drift";
import type { ErrorCode } from "./errors";
import type { FieldPath } from "./field-path";
import type { JsonObject } from "./json";
import type { Live } from "./live";
import type { Desired } from "./manifest";

/** What can be told of an object that cannot be written: stable code, and a sentence. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Why a field is not set to Git's value, for now or for good. */
export type Hold =
  | "suspended"
  /** `nopea.io/ignore` */
  | "ignored"
  | "autoscaled"
  /** conflictPolicy live */
  | "conflict"
  /** healPolicy manual or notify */
  | "policy"
  | "grace"
  /** Healed too often: somebody else insists. */
  | "fight";

/** What is decided about one field that is not as Git declares. */
export interface FieldVerdict {
  readonly drift: FieldDrift;
  readonly path: FieldPath;
  /** Absent: Git's value is written. */
  readonly hold?: Hold;
}

/** What is decided about everything in which an object is not as Git declares. */
export interface DriftVerdict {
  /** It was deleted, or made anew, by hand: then there need not be fields. */
  readonly whole?: "deleted" | "recreated";
  readonly fields: readonly FieldVerdict[];
  /** Why the object as a whole is left alone; absent: it is not. */
  readonly hold?: Hold;
  /** When healing may begin; absent: it may, or nobody knows when. Milliseconds since the epoch. */
  readonly until?: number;
  /** When the grace period ends, whatever else holds the object; absent: there is none. */
  readonly graceUntil?: number;
}

/** An object that is there and is written: on which version, and with what kept as it is. */
export interface Overwrite {
  readonly desired: Desired;
  readonly live: Live;
  readonly force: boolean;
  /** The whole of it; there whenever a field is held or healed. */
  readonly object?: JsonObject;
  /** Fields that are sent at their live value. */
  readonly held: readonly FieldPath[];
  /** Fields that are set to Git's value and that a hand changed. */
  readonly healed: readonly FieldPath[];
  /** Fields that Git no longer declares and that an apply did not take away. */
  readonly dropped: readonly FieldPath[];
  /** The API server refused it as it was: what defaults fill in is taken out, too. */
  readonly thorough?: boolean;
}

export type Verdict = Action & {
  /** Absent: nothing is known to differ by hand. */
  readonly drift?: DriftVerdict;
};

type Action =
  /** It is not there: create it. */
  | { readonly action: "create"; readonly desired: Desired }
  /** It is ours and is not as it should be: write Git's content. */
  | ({ readonly action: "update" } & Overwrite)
  /** Ours, and a field that Git changes is immutable: delete it, so that it can be made anew. */
  | { readonly action: "recreate"; readonly desired: Desired; readonly live: Live }
  /** No repository manages it: take it over. Unforced at first, to see whose its fields are. */
  | ({ readonly action: "adopt" } & Overwrite)
  /** A timed suspension has ended: its annotations go, and then it is decided again. */
  | { readonly action: "release"; readonly desired: Desired; readonly live: Live }
  /** It is as it was applied, or what differs stays: no write. */
  | { readonly action: "keep"; readonly desired: Desired; readonly live?: Live }
  /** Somebody asked nopea to leave it alone for now: what Git wants is pending. */
  | { readonly action: "hold"; readonly desired: Desired; readonly live: Live }
  /** Not now: tried again without being asked. */
  | { readonly action: "wait"; readonly desired: Desired; readonly fault: Fault }
  /** Not while things are as they are. */
  | { readonly action: "refuse"; readonly desired: Desired; readonly fault: Fault };

export type Writing = Extract<Verdict, { action: "create" | "update" | "adopt" | "release" }>;
