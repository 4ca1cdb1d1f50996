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
      // who is being deleted gets no more writes, unless our own finalizer keeps it until its objects are gone
      const isOver = raw.metadata?.deletionTimestamp !== undefined && !repository.isLeaving;
      if (isOver) supervisor.remove(repository.id);
      else supervisor.upsert(repository);
    },
    remove(raw) {
      const repository = parseRepository(raw);
      if (repository !== undefined) supervisor.remove(repository.id);
    },
  };
}
