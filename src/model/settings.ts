/** What an administrator of nopea decides for the whole cluster. */

export interface Settings {
  /** Repositories that sync at once. */
  readonly concurrentSyncs: number;
  /** Every repository without a serviceAccountName is applied as this account of its namespace. */
  readonly defaultServiceAccount?: string;
  readonly allowPrivateHosts: boolean;
  readonly allowLoopback: boolean;
  /** Any of them opens the webhooks; none: webhooks are refused. Never logged. */
  readonly webhookSecrets: readonly string[];
  /** Why nothing can be applied to this cluster at all. */
  readonly clusterTooOld?: string;
}
