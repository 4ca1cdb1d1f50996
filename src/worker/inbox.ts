/** Takes GitRepositories as the watch delivers them, and hands them to the supervisor. */
import { parseRepository } from "../core/repository/parse-repository";
import type { RawRepository } from "../model/git-repository";
import { compareVersions } from "../model/resource-version";
import type { Supervisor } from "./supervisor";

export interface Inbox {
  upsert(raw: RawRepository): void;
  remove(raw: RawRepository): void;
}

/** Returns at once, whatever arrives. Two watches may tell it: a version that is not newer than one it knows is no news. */
export function createInbox(supervisor: Supervisor): Inbox {
  const versions = new Map<string, string>();
  const isNews = ({ metadata: { uid = "", resourceVersion = "" } = {} }: RawRepository) => {
    const known = versions.get(uid);
    if (known !== undefined && compareVersions(resourceVersion, known) <= 0) return false;
    versions.set(uid, resourceVersion);
    return true;
  };
  return {
    upsert(raw) {
      const repository = parseRepository(raw);
      if (repository === undefined || !isNews(raw)) return;
      // who is being deleted gets no more writes, unless our own finalizer keeps it until its objects are gone
      const isOver = raw.metadata?.deletionTimestamp !== undefined && !repository.isLeaving;
      if (isOver) supervisor.remove(repository.id);
      else supervisor.upsert(repository);
    },
    remove(raw) {
      const repository = parseRepository(raw);
      if (repository === undefined) return;
      versions.delete(repository.id.uid);
      supervisor.remove(repository.id);
    },
  };
}
