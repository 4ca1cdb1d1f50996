/** Reads a GitRepository as the watch delivers it. */
import { ANNOTATION_CONFIRM_PRUNE, ANNOTATION_SYNC_AT, FINALIZER } from "../../model/annotations";
import type { RawRepository, Repository, RepositoryId } from "../../model/git-repository";
import { parseSpec } from "./parse-spec";

/** Undefined for what has no identity (it never comes from an API server). */
export function parseRepository(raw: RawRepository): Repository | undefined {
  const id = readId(raw);
  if (id === undefined) return undefined;
  return {
    id,
    generation: raw.metadata?.generation ?? 0,
    status: raw.status ?? {},
    parsed: parseSpec(raw.spec),
    ...readEnd(raw.metadata ?? {}),
    ...readWishes(raw.metadata?.annotations ?? {}),
  };
}

function readEnd({ deletionTimestamp, finalizers = [] }: NonNullable<RawRepository["metadata"]>) {
  const isFinalized = finalizers.includes(FINALIZER);
  return { isFinalized, isLeaving: isFinalized && deletionTimestamp !== undefined };
}

/** What people ask for by annotations. */
function readWishes(annotations: Readonly<Record<string, string>>) {
  const syncAt = annotations[ANNOTATION_SYNC_AT];
  const confirmPrune = annotations[ANNOTATION_CONFIRM_PRUNE];
  return {
    ...(syncAt === undefined ? {} : { syncAt }),
    ...(confirmPrune === undefined ? {} : { confirmPrune }),
  };
}

function readId(raw: RawRepository): RepositoryId | undefined {
  const { name, namespace, uid } = raw.metadata ?? {};
  return name && namespace && uid ? { name, namespace, uid } : undefined;
}
