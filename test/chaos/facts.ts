/** What the oracle compares: what the script allows, what is in the cluster, and what the audit log says. */
import type { KubeObject } from "../../src/local/kube-types";

/** RESOURCE/NAMESPACE/NAME, as the audit log names objects: configmaps/shop/settings. */
export type ObjectKey = string;

/** In place of a value: the object is not there. */
export const GONE = "(gone)";

/** One declared field, and every value that the script allows it to have in the end. */
export interface AllowedField {
  readonly object: ObjectKey;
  readonly path: readonly string[];
  readonly git: string;
  readonly allowed: readonly string[];
}

/** A value that nopea must not overwrite between two revisions of the cluster. */
export interface Protection {
  readonly object: ObjectKey;
  readonly path: readonly string[];
  readonly value: string;
  readonly why: string;
  /** The revision of the write that began it. */
  readonly from: number;
  /** The last revision at which it held; undefined: to the end. */
  until?: number;
  /** It held until this time only, in milliseconds. */
  readonly untilTime?: number;
}

/** A write that the audit log tells of. */
export interface AuditedWrite {
  /** In milliseconds. */
  readonly at: number;
  readonly user: string;
  readonly verb: string;
  /** "configmaps", "deployments/scale". */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly isDryRun: boolean;
  /** What was answered: the object as it was then. */
  readonly response: Partial<KubeObject>;
}

export interface RecordedEdit {
  readonly by: string;
  readonly at: string;
  readonly verb: string;
  readonly changes?: readonly { readonly path: string; readonly to?: string }[];
}

export interface DriftRecord extends KubeObject {
  readonly spec: {
    readonly repository: string;
    readonly object: { readonly kind: string; readonly namespace?: string; readonly name: string };
  };
  readonly status?: {
    readonly state: string;
    readonly decision: string;
    readonly since: string;
    readonly edits: readonly RecordedEdit[];
  };
}

/** A GitRepository of the script. */
export interface RepositoryFact {
  readonly namespace: string;
  /** What Git has. */
  readonly head: string;
  readonly phase: string;
  readonly lastSyncedCommit: string;
  readonly driftCount: number;
}

export interface Facts {
  /** nopea's account. */
  readonly nopea: string;
  readonly declared: ReadonlySet<ObjectKey>;
  readonly fields: readonly AllowedField[];
  readonly protections: readonly Protection[];
  /** Who the script let write each value, also where the audit log was cut off. */
  readonly authors: ReadonlyMap<string, string>;
  readonly live: ReadonlyMap<ObjectKey, KubeObject | undefined>;
  readonly records: readonly DriftRecord[];
  readonly repositories: readonly RepositoryFact[];
  /** In the order in which they were answered. */
  readonly writes: readonly AuditedWrite[];
  /** Records may be missing: nopea was killed, or there were more than it keeps. */
  readonly mayMissRecords?: boolean;
  /** Times of records say nothing: nopea's clock was stepped. */
  readonly clockMoved?: boolean;
}

export const keyOf = (write: AuditedWrite): ObjectKey =>
  `${write.resource.split("/")[0] ?? ""}/${write.namespace}/${write.name}`;

/** The text at a path of an object; undefined where there is none. */
export function valueAt(
  object: Partial<KubeObject> | undefined,
  path: readonly string[],
): string | undefined {
  let value: unknown = object;
  for (const part of path) value = (value as Record<string, unknown> | undefined | null)?.[part];
  return typeof value === "string" ? value : undefined;
}
