/** Takes GitRepositories as the watch delivers them, and hands them to the supervisor. */
import { parseRepository } from "../core/repository/parse-repository";
import type { RawRepository } from "../model/git-repository";
import type { Supervisor } from "./supervisor";

export interface Inbox {
  upsert(raw: RawRepository): void;
  remove(raw: RawRepository): void;
}

/** Returns at once, whatever arrives. */
export function createInbox(supervisor: Supervisor): Inbox {
  return {
    upsert(raw) {
      const repository = parseRepository(raw);
      if (repository === undefined) return;
      // who is being deleted gets no more writes, also while a finalizer of somebody else's keeps it
      if (raw.metadata?.deletionTimestamp === undefined) supervisor.upsert(repository);
      else supervisor.remove(repository.id);
    },
    remove(raw) {
      const repository = parseRepository(raw);
      if (repository !== undefined) supervisor.remove(repository.id);
    },
  };
}
