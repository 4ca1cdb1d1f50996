/** DriftRecords in memory, as an API server keeps them, to the second; fails when told to. */
import { inSeconds } from "../../src/core/heal/record";
import type { Episode } from "../../src/model/episode";
import type { RepositoryId } from "../../src/model/git-repository";
import type { DriftRecords } from "../../src/ports";

export interface FakeDriftRecords {
  readonly port: DriftRecords;
  /** Every request that was made, in order: `write 01kf4x…`, `remove …`, `list my-app`. */
  readonly requests: readonly string[];
  /** What is there, sorted by name. */
  held(repository: RepositoryId): readonly Episode[];
  /** As people do it. */
  put(repository: RepositoryId, episode: Episode): void;
  delete(repository: RepositoryId, record: string): void;
  /** From now on every request for the record (`*`: every request) fails with this; undefined: it works again. */
  fail(record: string, error: Error | undefined): void;
  /** From now on every request waits until what is returned is called. */
  hold(): () => void;
}

interface Stored {
  readonly uid: string;
  readonly episode: Episode;
}

export function createFakeDriftRecords(): FakeDriftRecords {
  const stored = new Map<string, Stored>();
  const requests: string[] = [];
  const failures = new Map<string, Error>();
  let held = Promise.resolve();

  const placeOf = ({ namespace }: RepositoryId, record: string) => `${namespace}/${record}`;
  const find = (repository: RepositoryId) =>
    [...stored]
      .filter(
        ([place, { uid }]) => place.startsWith(placeOf(repository, "")) && uid === repository.uid,
      )
      .map(([, { episode }]) => episode)
      .sort((a, b) => (a.record < b.record ? -1 : 1));
  const put = (repository: RepositoryId, episode: Episode) => {
    const copy = structuredClone(inSeconds(episode));
    stored.set(placeOf(repository, episode.record), { uid: repository.uid, episode: copy });
  };
  const request = async (verb: string, record: string, signal: AbortSignal) => {
    requests.push(`${verb} ${record}`);
    await held;
    signal.throwIfAborted();
    const failure = failures.get(record) ?? failures.get("*");
    if (failure !== undefined) throw failure;
  };

  return {
    requests,
    held: find,
    put,
    delete: (repository, record) => void stored.delete(placeOf(repository, record)),
    fail(record, error) {
      if (error === undefined) failures.delete(record);
      else failures.set(record, error);
    },
    hold() {
      const { promise, open } = gate();
      held = promise;
      return open;
    },
    port: {
      async list(repository, signal) {
        await request("list", repository.name, signal);
        return find(repository);
      },
      async write(repository, episode, signal) {
        await request("write", episode.record, signal);
        put(repository, episode);
      },
      async remove(repository, record, signal) {
        await request("remove", record, signal);
        stored.delete(placeOf(repository, record));
      },
    },
  };
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const promise = new Promise<void>(resolve => (open = resolve));
  return { promise, open: () => open() };
}
