/** Every error as a message for whoever typed the command. */
import { CommanderError } from "commander";
import { describeError, NopeaError } from "../model/errors";
import { CommandError, EXIT } from "./context";
import { oneLine } from "./shown";

export interface Explained {
  /** "" where it has been said already. */
  readonly message: string;
  readonly exitCode: number;
}

/** The message and the exit code. `server` is what the command was talking to. */
export function explain(error: unknown, server?: string): Explained {
  if (error instanceof CommanderError) {
    // commander has printed it: help and version are no errors
    return { message: "", exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof NopeaError)
    return { message: ofNopea(error, server), exitCode: EXIT.failed };
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `This is a bug of nopea, please report it:\n${what}`, exitCode: EXIT.failed };
}

/** What the API server says to a request that it does not let through. */
const REFUSED = /^(?:GET|PATCH|POST|PUT|DELETE) \S+: (401|403) /;

const NEXT: Readonly<Record<string, string>> = {
  401: "The credentials of the kubeconfig are not accepted: log in again, or use another --context.",
  403: "Ask whoever runs the cluster for this right, or use another --context.",
};

function ofNopea(error: NopeaError, server: string | undefined): string {
  const message = oneLine(error.message);
  const refused = NEXT[REFUSED.exec(message)?.[1] ?? ""];
  if (refused !== undefined) return `${message}.\n${refused}`;
  if (error.code !== "cluster-unreachable" || server === undefined) {
    return `${message}.\n${sentence(describeError(error.code).hint)}`;
  }
  return `${server}: ${message}.\nCheck that the cluster is up, and the kubeconfig (--kubeconfig, --context).`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
