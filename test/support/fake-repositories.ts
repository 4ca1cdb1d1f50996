/** GitRepositories as an API server keeps them: generations, uids, status, and a watch that tells of every change. */
import {
  ANNOTATION_CONFIRM_PRUNE,
  ANNOTATION_SYNC_AT,
  FINALIZER,
} from "../../src/model/annotations";
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
  /** Sets the annotation nopea.io/confirm-prune. */
  confirm(id: RepositoryId, commit: string): void;
  confirmationOf(id: RepositoryId): string | undefined;
  setFinalizer(id: RepositoryId, isWanted: boolean): void;
  takeConfirmation(id: RepositoryId, commit: string): void;
  finalizersOf(id: RepositoryId): readonly string[];
  exists(id: RepositoryId): boolean;
  /** The definition of GitRepositories is being deleted. */
  isUninstalled: boolean;
  /** With a finalizer on it, it stays until that is off. */
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
    const { deletionTimestamp, finalizers = [] } = next.raw.metadata;
    const isOver = deletionTimestamp !== undefined && finalizers.length === 0;
    if (isOver) stored.delete(placeOf(id));
    else stored.set(placeOf(id), next);
    if (isOver) inbox?.remove(next.raw);
    else inbox?.upsert(next.raw);
  };
  const change = (id: RepositoryId, by: (raw: RawRepository) => RawRepository) => {
    const found = find(id);
    if (found === undefined) throw new Error(`no GitRepository ${placeOf(id)}`);
    put(id, by(found.raw));
  };

  const annotate = (id: RepositoryId, annotations: Readonly<Record<string, string>>) =>
    change(id, raw => ({ ...raw, metadata: { ...raw.metadata, annotations } }));

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
    syncAt: (id, value) => annotate(id, { [ANNOTATION_SYNC_AT]: value }),
    isUninstalled: false,
    confirm: (id, commit) => annotate(id, { [ANNOTATION_CONFIRM_PRUNE]: commit }),
    confirmationOf: id => find(id)?.raw.metadata?.annotations?.[ANNOTATION_CONFIRM_PRUNE],
    takeConfirmation(id, commit) {
      const found = find(id)?.raw.metadata?.annotations?.[ANNOTATION_CONFIRM_PRUNE];
      if (found === commit) annotate(id, {});
    },
    finalizersOf: id => find(id)?.raw.metadata?.finalizers ?? [],
    exists: id => find(id) !== undefined,
    setFinalizer(id, isWanted) {
      const before = find(id)?.raw.metadata?.finalizers ?? [];
      if (find(id) === undefined || before.includes(FINALIZER) === isWanted) return;
      const finalizers = isWanted ? [FINALIZER] : [];
      change(id, raw => ({ ...raw, metadata: { ...raw.metadata, finalizers } }));
    },
    delete(id) {
      const metadata = { deletionTimestamp: "2026-01-15T10:30:00Z" };
      if (find(id) === undefined) return;
      change(id, raw => ({ ...raw, metadata: { ...raw.metadata, ...metadata } }));
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
