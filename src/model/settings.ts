/** What an administrator of nopea decides for the whole cluster. */

/** safe: also ConfigMaps, variables and what is named like a secret are hidden; all: only what a Secret keeps. */
export type ShowValues = "safe" | "all";

export interface Settings {
  /** Repositories that sync at once. */
  readonly concurrentSyncs: number;
  /** Every repository without a serviceAccountName is applied as this account of its namespace. */
  readonly defaultServiceAccount?: string;
  readonly allowPrivateHosts: boolean;
  readonly allowLoopback: boolean;
  /** Any of them opens the webhooks; none: webhooks are refused. Never logged. */
  readonly webhookSecrets: readonly string[];
  /** Which values may be seen outside the object that they are of. */
  readonly showValues: ShowValues;
  /** Why nothing can be applied to this cluster at all. */
  readonly clusterTooOld?: string;
}
