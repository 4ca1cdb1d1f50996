/** Reads a GitRepository as the watch delivers it. */
import { ANNOTATION_SYNC_AT } from "../../model/annotations";
import type { RawRepository, Repository, RepositoryId } from "../../model/git-repository";
import { parseSpec } from "./parse-spec";

/** Undefined for what has no identity (it never comes from an API server). */
export function parseRepository(raw: RawRepository): Repository | undefined {
  const id = readId(raw);
  if (id === undefined) return undefined;
  const syncAt = raw.metadata?.annotations?.[ANNOTATION_SYNC_AT];
  return {
    id,
    generation: raw.metadata?.generation ?? 0,
    status: raw.status ?? {},
    parsed: parseSpec(raw.spec),
    ...(syncAt === undefined ? {} : { syncAt }),
  };
}

function readId(raw: RawRepository): RepositoryId | undefined {
  const { name, namespace, uid } = raw.metadata ?? {};
  return name && namespace && uid ? { name, namespace, uid } : undefined;
}
