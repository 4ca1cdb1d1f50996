/** What is to go from the cluster, and what came of it. */
import type { Live } from "./live";
import type { KindInfo } from "./manifest";
import type { ObjectKey } from "./object-key";
import type { Fault } from "./verdict";

/** One object: exactly this one, as it was when that was decided. */
export interface Removal {
  readonly key: ObjectKey;
  readonly kind: KindInfo;
  readonly on: Pick<Live, "uid" | "resourceVersion">;
}

export type RemovalOutcome = { readonly removal: Removal } & (
  | {
      /**
       * removed: it is gone, or was already; terminating: it goes as soon as its finalizers let it;
       * stale: it is not the one that this was decided on, decide again.
       */
      readonly result: "removed" | "terminating" | "stale";
    }
  | { readonly result: "failed"; readonly fault: Fault }
);
