/** The running pair as end-to-end tests see it: its logs, its HTTP port, and how to kill and restart it. */
import { readFile } from "node:fs/promises";
import { inject } from "vitest";
import type { CommandResult } from "./remote-control";

/** nopea's name in the audit log and in RBAC. */
export const nopeaUser = "system:serviceaccount:pepr-system:pepr-nopea";

export interface RunningProcess {
  log(): Promise<string>;
  look(): Promise<CommandResult>;
  start(): Promise<CommandResult>;
  stop(signal?: NodeJS.Signals): Promise<CommandResult>;
  /** Default SIGKILL. */
  restart(signal?: NodeJS.Signals): Promise<CommandResult>;
}

export interface RunningNopea {
  readonly httpUrl: string;
  /** Signs webhooks. */
  readonly webhookSecret: string;
  readonly watcher: RunningProcess;
  readonly admission: RunningProcess;
}

/** The pair that the global setup has started. */
export function runningNopea(): RunningNopea {
  const { httpUrl, webhookSecret, controlUrl, watcherLog, admissionLog } = inject("nopea");
  return {
    httpUrl,
    webhookSecret,
    watcher: processAt(`${controlUrl}/watcher`, watcherLog),
    admission: processAt(`${controlUrl}/admission`, admissionLog),
  };
}

const notAlone =
  "other test files use nopea at the same time: take this one off the list besideOthers in vitest.config.mts";

function processAt(url: string, log: string): RunningProcess {
  const command = async (path: string): Promise<CommandResult> => {
    if (path !== "look" && inject("nopea").isShared) throw new Error(notAlone);
    const response = await fetch(`${url}/${path}`, { method: "POST" });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as CommandResult;
  };
  return {
    log: () => readFile(log, "utf8"),
    look: () => command("look"),
    start: () => command("start"),
    stop: (signal = "SIGTERM") => command(`stop/${signal}`),
    restart: (signal = "SIGKILL") => command(`restart/${signal}`),
  };
}
