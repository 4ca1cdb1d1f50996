/** What the benchmark is made of: a part measures something, and knows which goals its figures are for. */
import type { ControlPlane } from "../../src/local/control-plane";
import type { GitServer } from "../../src/local/git-server";
import type { KubeClient } from "../../src/local/kube-client";
import type { Nopea } from "../../src/local/nopea";
import type { Add } from "./figures";

/** A row of the goals' table; its number is the median of a figure. */
export interface Goal {
  readonly measure: string;
  /** Names of figures that the same part adds. */
  readonly figure: string;
  /** What a bare loop, or a process that does nothing, reaches in the same run. */
  readonly floor?: string;
  /** The limit belongs to what is reached. */
  readonly bound: "at most" | "at least";
  readonly limit: number;
}

export interface Part {
  /** For `--only`. */
  readonly name: string;
  readonly goals: readonly Goal[];
  measure(bench: Bench, add: Add): Promise<void>;
}

/** A control plane with nopea on it, and how much of everything is wanted. */
export interface Bench {
  readonly controlPlane: ControlPlane;
  readonly kube: KubeClient;
  readonly auditLog: string;
  readonly git: GitServer;
  readonly nopea: Nopea;
  readonly objects: number;
  readonly isQuick: boolean;
  readonly runs: number;
  readonly say: (line: string) => void;
}
