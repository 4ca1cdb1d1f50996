/** What is told on the terminal about a GitRepository: one line a change, from two versions of its status. */
import type { RepositoryStatus } from "../model/git-repository";
import type { KubeObject } from "./kube-types";

export interface SeenRepository extends KubeObject {
  readonly status?: RepositoryStatus;
}

/** What was last told of a repository. */
export interface Told {
  readonly phase: string;
  readonly commit: string;
  readonly message: string;
  /** When its present walk began: its creation, or the change to Syncing. */
  readonly since: number;
}

export interface Account {
  readonly lines: readonly string[];
  readonly told: Told;
  /** True when a commit became live that was not before. */
  readonly synced: boolean;
}

/** The lines for what changed since the last version, and what to compare the next one with. */
export function accountOf(last: Told | undefined, next: SeenRepository, now: number): Account {
  const before = last ?? { phase: "", commit: "", message: "", since: createdAt(next, now) };
  const told = toTell(next.status ?? {}, before, now);
  const synced = told.commit !== "" && told.commit !== before.commit;
  const lines = synced
    ? [syncedLine(next.status ?? {}, now - told.since)]
    : phaseLines(before, told);
  return { lines, told, synced };
}

function toTell(status: RepositoryStatus, before: Told, now: number): Told {
  const { phase = "Initializing", lastSyncedCommit = "" } = status;
  const begins = phase === "Syncing" && before.phase !== "Syncing";
  return {
    phase,
    commit: lastSyncedCommit,
    message: readyMessage(status),
    since: begins ? sinceOf(before, now) : before.since,
  };
}

function phaseLines(before: Told, told: Told): string[] {
  const { phase, message } = told;
  const failsAnew = phase === "Failed" && message !== before.message;
  if (phase === before.phase && !failsAnew) return [];
  return [phase === "Failed" ? `Failed    ${message}` : phase];
}

function sinceOf(before: Told, now: number): number {
  return before.commit === "" && before.phase !== "Failed" ? before.since : now;
}

function createdAt(repository: SeenRepository, now: number): number {
  const created = Date.parse(repository.metadata.creationTimestamp ?? "");
  // The API server's times are whole seconds: one that was made just now is better timed by us.
  return now - created < 2_000 ? now : created;
}

function syncedLine(status: RepositoryStatus, ms: number): string {
  const { total = 0, kinds = [] } = status.resources ?? {};
  const names = kinds.map(kind => kind.split("/").at(-1) ?? kind).sort();
  const objects = `${total} ${total === 1 ? "object" : "objects"} (${names.join(", ")})`;
  const commit = (status.lastSyncedCommit ?? "").slice(0, 8);
  return `Synced    commit ${commit}, ${objects}, in ${(ms / 1_000).toFixed(2)} s`;
}

function readyMessage(status: RepositoryStatus): string {
  const ready = status.conditions?.find(condition => condition.type === "Ready");
  return ready === undefined ? "" : `${ready.reason}: ${ready.message}`;
}
