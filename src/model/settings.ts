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
  /** Where CDEvents are sent to; absent: none are made. */
  readonly cdeventsEndpoint?: string;
  /** Where healPolicy notify sends to, unless spec.notify says otherwise. */
  readonly notifyEndpoint?: string;
  /** Old and new values in CDEvents and notifications, as far as showValues allows them. */
  readonly eventValues: boolean;
  /** Why nothing can be applied to this cluster at all. */
  readonly clusterTooOld?: string;
}
