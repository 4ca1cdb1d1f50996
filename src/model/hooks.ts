/** The admission hooks: two webhook configurations of nopea's own beside Pepr's, and what they are made from. */
import type { JsonObject } from "./json";
import type { KindInfo } from "./manifest";

export const EVIDENCE_CONFIGURATION = "nopea-evidence";
export const WITNESS_CONFIGURATION = "nopea-witness";

/** User extra of nopea's writes as another account: how a hook knows them. */
export const EXTRA_WRITER = "nopea.io/writer";

/** Where the requests of a kind are made; its name does not matter to a hook. */
export type HookedResource = Pick<KindInfo, "apiVersion" | "plural" | "namespaced">;

export interface HookPlan {
  /** What is managed now. */
  readonly kinds: readonly HookedResource[];
  /** How the API server reaches Pepr's two functions; undefined where it can't. */
  readonly mutate: JsonObject | undefined;
  readonly validate: JsonObject | undefined;
  /** The ClusterRole that the configurations go with. */
  readonly owner: { readonly name: string; readonly uid: string } | undefined;
  /** Whether the API server knows matchConditions. */
  readonly withConditions: boolean;
}

/** Undefined: there is to be none. */
export interface HookConfigurations {
  readonly evidence: JsonObject | undefined;
  readonly witness: JsonObject | undefined;
}
