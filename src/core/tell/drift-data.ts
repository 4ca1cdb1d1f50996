/** A drift episode as events tell it to programs. */
import type { Edit, Episode } from "../../model/episode";
import type { Told } from "../../model/happening";
import type { JsonObject } from "../../model/json";
import { formatKey } from "../../model/object-key";

export interface DriftTools {
  readonly rfc3339: (milliseconds: number) => string;
  /** Old and new values too, as far as the episode has them: what must not be seen is hidden in it already. */
  readonly eventValues: boolean;
}

/** Paths of one event: a whole object may be another. */
const MOST_PATHS = 100;

/** What happened to which fields of which object, by whom, and what becomes of it. */
export function driftData(episode: Episode, about: Told, tools: DriftTools): JsonObject {
  const { rfc3339 } = tools;
  const { key, uid, edits, fields, until, since, decisionAt } = episode;
  return {
    object: formatKey(key),
    ...(uid === "" ? {} : { uid }),
    class: episode.class,
    fields: fields.slice(0, MOST_PATHS),
    fieldCount: fields.length,
    who: edits.at(-1)?.by ?? "unknown",
    since: rfc3339(since),
    decision: episode.decision,
    decisionAt: rfc3339(decisionAt),
    reason: episode.reason,
    ...(until === undefined ? {} : { until: rfc3339(until) }),
    edits: edits.map(edit => editData(edit, tools)),
    record: episode.record,
    repeats: episode.repeats,
    ...(episode.commit === "" ? {} : { commit: episode.commit }),
    repository: repositoryData(about),
  };
}

/** Which GitRepository, and what it reads. */
export function repositoryData({ id, url, branch, path, healPolicy }: Told): JsonObject {
  return { namespace: id.namespace, name: id.name, url, branch, path, healPolicy };
}

function editData(edit: Edit, { rfc3339, eventValues }: DriftTools): JsonObject {
  const { by, groups, at, verb, manager, source, changes } = edit;
  const seen = changes.slice(0, MOST_PATHS);
  return {
    by,
    ...(groups === undefined ? {} : { groups }),
    at: rfc3339(at),
    verb,
    ...(manager === undefined ? {} : { manager }),
    source,
    changes: seen.map(change => (eventValues ? { ...change } : { path: change.path })),
  };
}
