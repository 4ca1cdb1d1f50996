/** A Kubernetes Event (events.k8s.io/v1, KEP-383) as nopea writes it. */

/** Who reports: what `kubectl describe` shows under From. */
export const EVENT_REPORTER = "nopea.false.systems/nopea";
/** A label: the same on the Events of one occurrence, that on the object and that on its GitRepository. */
export const LABEL_EVENT = "nopea.io/event";

/** What `kubectl describe` finds an Event by. */
export interface EventObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The words that people filter by: `kubectl events --types=Warning`, `--field-selector reason=…`. */
export type EventReason =
  | "Synced"
  | "Failed"
  | "DriftDetected"
  | "Healed"
  | "HealSkipped"
  | "Suspended"
  | "Resumed"
  | "Pruned"
  | "Orphaned";

export interface KubeEvent {
  readonly reason: EventReason;
  readonly type: "Normal" | "Warning";
  /** What nopea did, or was about to do, in a word. */
  readonly action: "Sync" | "Detect" | "Heal" | "Suspend" | "Prune";
  /** At most 1,024 bytes. */
  readonly note: string;
  readonly regarding: EventObject;
  readonly related?: EventObject;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The same for Events that tell of the same occurrence: of an object, and of its GitRepository. */
  readonly occurrence: string;
  /** Equal for Events that say the same, but for when. */
  readonly same: string;
}
