/** Takes GitRepositories as the watch delivers them, and hands them to the supervisor. */
import { parseRepository } from "../core/repository/parse-repository";
import type { RawRepository } from "../model/git-repository";
import { compareVersions } from "../model/resource-version";
import type { Supervisor } from "./supervisor";

export interface Inbox {
  upsert(raw: RawRepository): void;
  /** What a list says that began when only this version was known: older than it only after a restore of etcd. */
  relist(raw: RawRepository, known: string | undefined): void;
  /** The version that was taken last; undefined: none of this uid. */
  versionOf(uid: string): string | undefined;
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
  const take = (raw: RawRepository) => {
    const repository = parseRepository(raw);
    if (repository === undefined || !isNews(raw)) return;
    // who is being deleted gets no more writes, unless our own finalizer keeps it until its objects are gone
    const isOver = raw.metadata?.deletionTimestamp !== undefined && !repository.isLeaving;
    if (isOver) supervisor.remove(repository.id);
    else supervisor.upsert(repository);
  };
  return {
    upsert: take,
    relist(raw, known) {
      const { uid = "", resourceVersion } = raw.metadata ?? {};
      // what was heard of while the list was on its way is newer than the list, and stands
      const isStill = known !== undefined && versions.get(uid) === known;
      if (isStill && resourceVersion !== known) versions.delete(uid);
      take(raw);
    },
    versionOf: uid => versions.get(uid),
    remove(raw) {
      const repository = parseRepository(raw);
      if (repository === undefined) return;
      versions.delete(repository.id.uid);
      supervisor.remove(repository.id);
    },
  };
}
