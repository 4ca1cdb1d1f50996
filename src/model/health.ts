/** What a loop is busy with. */

export type Loop =
  /** Looks at Git, and brings a commit in. */
  | "git"
  /** Decides on what has changed in the cluster. */
  | "healing"
  /** A write of a GitRepository's status. */
  | "status"
  /** A write of a DriftRecord. */
  | "records";

export interface Work {
  readonly loop: Loop;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What it can take at most. */
  readonly limitMs: number;
  /** `namespace/name`, for the log. */
  readonly repository: string;
}
