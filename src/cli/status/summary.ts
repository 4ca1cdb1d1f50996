/** One GitRepository in a line: how it stands, and how much there is to look at. */
import type { JsonObject } from "../../model/json";
import { number, part, parts, text } from "../api/fields";

export interface Summary {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly ready: { readonly status: string; readonly reason: string; readonly message: string };
  readonly stalled: boolean;
  /** The last that is completely in; "" where none is. */
  readonly commit: string;
  readonly drift: number;
  /** The status names the newest 20 of what is suspended and pending. */
  readonly suspended: number;
  readonly pending: number;
  readonly orphans: number;
  readonly lastSyncTime: string;
}

/** What the status says; a GitRepository that nopea has not looked at yet is "Initializing". */
export function summarise(repository: JsonObject): Summary {
  const metadata = part(repository, "metadata");
  const status = part(repository, "status");
  const ready = condition(status, "Ready");
  const isSuspended = part(repository, "spec").suspend === true;
  return {
    namespace: text(metadata, "namespace"),
    name: text(metadata, "name"),
    phase: isSuspended ? "Suspended" : text(status, "phase") || "Initializing",
    ready: {
      status: text(ready, "status"),
      reason: text(ready, "reason"),
      message: text(ready, "message"),
    },
    stalled: text(condition(status, "Stalled"), "status") === "True",
    commit: text(status, "lastSyncedCommit"),
    drift: number(status, "driftCount"),
    suspended: parts(status, "suspended").length,
    pending: parts(status, "pending").length,
    orphans: number(part(status, "resources"), "orphanCount"),
    lastSyncTime: text(status, "lastSyncTime"),
  };
}

/** A condition of a status by its type; {} where it has none. */
function condition(status: JsonObject, type: string): JsonObject {
  return parts(status, "conditions").find(each => text(each, "type") === type) ?? {};
}

/** True where somebody has to do something before it syncs again. */
export function isBroken({ phase, stalled }: Summary): boolean {
  return phase === "Failed" || stalled;
}
