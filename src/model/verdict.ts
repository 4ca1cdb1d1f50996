/** What nopea decides about one object, with the reason. */
import type { ErrorCode } from "./errors";
import type { Live } from "./live";
import type { Desired } from "./manifest";

/** What can be told of an object that cannot be written: stable code, and a sentence. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
}

export type Verdict =
  /** It is not there: create it. */
  | { readonly action: "create"; readonly desired: Desired }
  /** It is ours and Git changed: write Git's content. */
  | { readonly action: "update"; readonly desired: Desired; readonly live: Live }
  /** No repository manages it: take it over. Unforced at first, to see whose its fields are. */
  | {
      readonly action: "adopt";
      readonly desired: Desired;
      readonly live: Live;
      readonly force: boolean;
    }
  /** It is ours and as it was applied: no write. */
  | { readonly action: "keep"; readonly desired: Desired; readonly live: Live }
  /** Somebody asked nopea to leave it alone for now: what Git wants is pending. */
  | { readonly action: "hold"; readonly desired: Desired; readonly live: Live }
  /** Not now: tried again without being asked. */
  | { readonly action: "wait"; readonly desired: Desired; readonly fault: Fault }
  /** Not while things are as they are. */
  | { readonly action: "refuse"; readonly desired: Desired; readonly fault: Fault };

export type Writing = Extract<Verdict, { action: "create" | "update" | "adopt" }>;
