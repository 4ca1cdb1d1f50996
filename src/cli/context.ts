/** What every command of `nopea` gets, and what it gives back: commands print nothing themselves. */
import type { Colors } from "picocolors/types";
import type { Kube, KubeStream } from "../adapters/kube/client";

/** How an answer is printed; text is for people. */
export type Output = "text" | "json" | "yaml";

export interface Context {
  readonly kube: Kube;
  readonly stream: KubeStream;
  /** Of -n, else of the kubeconfig's context, else `default`. */
  readonly namespace: string;
  /** -A */
  readonly allNamespaces: boolean;
  /** Of the kubeconfig: "https://127.0.0.1:6443". */
  readonly server: string;
  /** Does nothing where colours are not wanted: not a terminal, NO_COLOR, -o json. */
  readonly colors: Colors;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What is under way, for a spinner or nobody; the last one stands until the answer. */
  readonly progress: (what: string) => void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  /** It could not be done. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** It was done, and there is something: drift, differences, findings. Only where a command says so. */
  found: 3,
} as const;

export interface Answer {
  /** What -o json and -o yaml print. */
  readonly value: unknown;
  /** What people read; no line break at the end. */
  readonly text: string;
  readonly exitCode: (typeof EXIT)[keyof typeof EXIT];
}

/** An error for people: what, where, why, what next; printed without a stack. */
export class CommandError extends Error {
  readonly exitCode: Answer["exitCode"];

  constructor(message: string, exitCode: Answer["exitCode"] = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
