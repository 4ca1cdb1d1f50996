/** GitRepositories as an API server keeps them: generations, uids, status, and a watch that tells of every change. */
import { ANNOTATION_SYNC_AT } from "../../src/model/annotations";
import type { RawRepository, RepositoryId, RepositoryStatus } from "../../src/model/git-repository";
import type { Json } from "../../src/model/json";
import type { Inbox } from "../../src/worker/inbox";

export type Spec = Readonly<Record<string, Json>>;

export interface FakeRepositories {
  /** Everything that happens from now on is told to the inbox; what exists already, first. */
  watch(inbox: Inbox): void;
  create(namespace: string, name: string, spec: Spec): RepositoryId;
  edit(id: RepositoryId, changes: Spec): void;
  syncAt(id: RepositoryId, value: string): void;
  delete(id: RepositoryId): void;
  /** Sends the object as it is once more, as a relist does. */
  resend(id: RepositoryId): void;
  /** What the server holds; of a repository that is gone, what it held last. */
  statusOf(id: RepositoryId): RepositoryStatus;
  /** Every status that was really written, in order. */
  readonly written: readonly { readonly id: RepositoryId; readonly status: RepositoryStatus }[];
  names(namespace: string): readonly string[];
  writeStatus(id: RepositoryId, status: RepositoryStatus): void;
}

interface Stored {
  readonly id: RepositoryId;
  readonly raw: RawRepository;
}

export function createFakeRepositories(): FakeRepositories {
  const stored = new Map<string, Stored>();
  const last = new Map<string, RepositoryStatus>();
  const written: { id: RepositoryId; status: RepositoryStatus }[] = [];
  let inbox: Inbox | undefined;
  let count = 0;

  const placeOf = ({ namespace, name }: RepositoryId) => `${namespace}/${name}`;
  const find = (id: RepositoryId) => {
    const found = stored.get(placeOf(id));
    return found?.id.uid === id.uid ? found : undefined;
  };
  const put = (id: RepositoryId, raw: RawRepository) => {
    const version = { resourceVersion: `${++count}` };
    const next = { id, raw: { ...raw, metadata: { ...raw.metadata, ...version } } };
    stored.set(placeOf(id), next);
    inbox?.upsert(next.raw);
  };
  const change = (id: RepositoryId, by: (raw: RawRepository) => RawRepository) => {
    const found = find(id);
    if (found === undefined) throw new Error(`no GitRepository ${placeOf(id)}`);
    put(id, by(found.raw));
  };

  return {
    written,
    watch(to) {
      inbox = to;
      for (const { raw } of stored.values()) inbox.upsert(raw);
    },
    create(namespace, name, spec) {
      const id = { namespace, name, uid: `uid-${++count}` };
      put(id, { metadata: { ...id, generation: 1 }, spec });
      return id;
    },
    edit: (id, changes) =>
      change(id, raw => ({
        ...raw,
        metadata: { ...raw.metadata, generation: (raw.metadata?.generation ?? 0) + 1 },
        spec: { ...raw.spec, ...changes },
      })),
    syncAt: (id, value) =>
      change(id, raw => ({
        ...raw,
        metadata: { ...raw.metadata, annotations: { [ANNOTATION_SYNC_AT]: value } },
      })),
    delete(id) {
      const found = find(id);
      stored.delete(placeOf(id));
      if (found !== undefined) inbox?.remove(found.raw);
    },
    resend(id) {
      const found = find(id);
      if (found !== undefined) inbox?.upsert(found.raw);
    },
    statusOf: id => last.get(id.uid) ?? {},
    names: namespace =>
      [...stored.values()].filter(({ id }) => id.namespace === namespace).map(({ id }) => id.name),
    writeStatus(id, status) {
      const found = find(id);
      if (found === undefined) return;
      const copy = structuredClone(status);
      last.set(id.uid, copy);
      written.push({ id, status: copy });
      put(id, { ...found.raw, status: copy });
    },
  };
}
