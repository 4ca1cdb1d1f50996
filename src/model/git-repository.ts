/** A GitRepository as nopea works with it: parsed once at the edge, every default filled in. */
import type { Episode, OpenDecision } from "./episode";
import type { Json } from "./json";

export type HealPolicy = "auto" | "manual" | "notify";
export type ConflictPolicy = "git" | "live";
export type DeletionPolicy = "Retain" | "Delete";
export type Phase = "Initializing" | "Syncing" | "Synced" | "Failed" | "Suspended";

/** Which tree of which repository: all that a Git server must be asked for. */
export interface GitLocation {
  /** http:// or https://, without credentials. */
  readonly url: string;
  readonly branch: string;
  /** Normalised: no leading, trailing or double slash, no `.` or `..`; "" is the root. */
  readonly path: string;
}

/** What a Git server wants to see before it lets anybody in: never printed, never part of a URL. */
export interface GitCredentials {
  /** Value of the Authorization header. */
  readonly authorization?: string;
  /** For servers that want it as `Bearer` and say so. */
  readonly token?: string;
  /** Certificates in PEM that are trusted for this server, besides those that everybody trusts. */
  readonly ca?: string;
}

/** Where to read, and as whom. */
export interface GitRemote extends GitLocation {
  readonly credentials?: GitCredentials;
}

export interface RepositorySpec extends GitLocation {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly targetNamespace?: string;
  readonly secretName?: string;
  readonly suspend: boolean;
  readonly healPolicy: HealPolicy;
  readonly healGracePeriodMs?: number;
  readonly conflictPolicy: ConflictPolicy;
  readonly prune: boolean;
  readonly deletionPolicy: DeletionPolicy;
  readonly serviceAccountName?: string;
  /** Where healPolicy notify sends to; absent: to the administrator's NOPEA_NOTIFY_ENDPOINT. */
  readonly notify?: NotifyTarget;
}

/** One of the two: such addresses are secrets, and may stand in a Secret (key `url`) of the same namespace, which then counts. */
export interface NotifyTarget {
  readonly url?: string;
  readonly secretName?: string;
}

export interface RepositoryId {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, as people write it. */
export function nameOf({ namespace, name }: Pick<RepositoryId, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** A spec that can be worked with, or every reason why it cannot: sentences that say how to mend it. */
export type ParsedSpec =
  | { readonly ok: true; readonly spec: RepositorySpec }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a worker is given to do. */
export interface Repository {
  readonly id: RepositoryId;
  readonly generation: number;
  readonly parsed: ParsedSpec;
  /** Value of the annotation `nopea.io/sync-at`. */
  readonly syncAt?: string;
  /** Value of the annotation `nopea.io/confirm-prune`: a commit. */
  readonly confirmPrune?: string;
  /** Somebody deletes it, and nopea's finalizer keeps it until its objects are gone. */
  readonly isLeaving: boolean;
  /** It has nopea's finalizer. */
  readonly isFinalized: boolean;
  readonly status: RepositoryStatus;
}

export interface Condition {
  readonly type: "Ready" | "Reconciling" | "Stalled" | "Drifted";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

/** An open episode. */
export interface DriftedObject {
  /** As formatKey writes it. */
  readonly object: string;
  readonly class: Episode["class"];
  readonly fields: readonly string[];
  /** User name; "unknown" where nobody witnessed the edit. */
  readonly who: string;
  readonly since: string;
  readonly decision: OpenDecision;
  readonly until?: string;
  /** Name of the DriftRecord. */
  readonly record: string;
}

/** An object whose healing people suspended. */
export interface SuspendedObject {
  readonly object: string;
  readonly by: string;
  readonly at?: string;
  /** Absent: until the annotation is removed. */
  readonly until?: string;
  readonly reason?: string;
}

export interface PendingObject {
  readonly object: string;
  readonly commit: string;
  readonly because: "suspended" | "held" | "confirm-prune";
}

export interface ManagedResources {
  readonly total: number;
  readonly kinds: readonly string[];
  readonly orphanCount: number;
  readonly orphans: readonly string[];
}

export interface RepositoryStatus {
  readonly observedGeneration?: number;
  readonly phase?: Phase;
  readonly lastSyncedCommit?: string;
  readonly lastAttemptedCommit?: string;
  readonly lastSyncTime?: string;
  readonly lastHandledSyncAt?: string;
  /** All that are open; `drift` has the newest of them. */
  readonly driftCount?: number;
  readonly drift?: readonly DriftedObject[];
  readonly suspended?: readonly SuspendedObject[];
  readonly pending?: readonly PendingObject[];
  readonly resources?: ManagedResources;
  readonly conditions?: readonly Condition[];
}

/** A GitRepository as it comes from the API server: nothing of it is trusted. */
export interface RawRepository {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string | Date;
    readonly finalizers?: readonly string[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, Json | undefined>>;
  readonly status?: RepositoryStatus;
}
