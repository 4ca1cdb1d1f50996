/** An episode as the DriftRecord that the cluster keeps of it: to the second, never sooner than was decided. */
import { API_VERSION, LABEL_REPOSITORY } from "../../model/annotations";
import { isOpen, type Edit, type Episode } from "../../model/episode";
import type { RepositoryId } from "../../model/git-repository";
import { isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import { ownerMarks, type Sha256 } from "../../model/ownership";
import type { Testimony } from "../../model/testimony";
import { secondsUp } from "../../model/time";

export interface RecordTools {
  /** Cuts off what is below a second. */
  readonly rfc3339: (milliseconds: number) => string;
  readonly sha256: Sha256;
}

/** The whole object. What may not be shown must be hidden in the episode already (see shown.ts). */
export function recordOf(
  repository: RepositoryId,
  episode: Episode,
  { rfc3339, sha256 }: RecordTools,
): JsonObject {
  const { record, key, apiVersion, uid } = episode;
  const { labels } = ownerMarks(repository, sha256);
  const { kind, namespace, name } = key;
  return {
    apiVersion: API_VERSION,
    kind: "DriftRecord",
    metadata: {
      name: record,
      namespace: repository.namespace,
      labels: { [LABEL_REPOSITORY]: labels[LABEL_REPOSITORY] },
      ownerReferences: [
        {
          apiVersion: API_VERSION,
          kind: "GitRepository",
          name: repository.name,
          uid: repository.uid,
        },
      ],
    },
    spec: {
      repository: repository.name,
      object: { apiVersion, kind, ...(namespace === "" ? {} : { namespace }), name, uid },
    },
    status: statusOf(inSeconds(episode), rfc3339),
  };
}

/** The record of what may turn out not to have happened: whoever watches confirms it, or drops it. */
export function pendingRecordOf(
  repository: RepositoryId,
  { record, key, apiVersion, uid, edit }: Testimony,
  tools: RecordTools,
): JsonObject {
  const { at } = edit;
  const { status, ...rest } = recordOf(
    repository,
    {
      ...{ record, key, apiVersion, uid, edits: [edit], fields: [], conflicts: [], repeats: 0 },
      class: "manual_drift",
      since: at,
      decision: "waiting",
      decisionAt: at,
      reason: "seen at admission; no watch has confirmed it yet",
      commit: "",
    },
    tools,
  );
  return { ...rest, status: { ...(isObject(status) ? status : {}), state: "pending" } };
}

function statusOf(episode: Episode, rfc3339: RecordTools["rfc3339"]): JsonObject {
  const { until, graceUntil, since, decisionAt, edits } = episode;
  return {
    state: isOpen(episode) ? "open" : "closed",
    class: episode.class,
    since: rfc3339(since),
    edits: edits.map(edit => writeEdit(edit, rfc3339)),
    fields: episode.fields,
    conflicts: episode.conflicts,
    repeats: episode.repeats,
    decision: episode.decision,
    decisionAt: rfc3339(decisionAt),
    ...(until === undefined ? {} : { until: rfc3339(until) }),
    ...(graceUntil === undefined ? {} : { graceUntil: rfc3339(graceUntil) }),
    reason: episode.reason,
    commit: episode.commit,
  };
}

/** An edit as records and stamps hold it. */
export function writeEdit(
  { at, groups, changes, ...edit }: Edit,
  rfc3339: RecordTools["rfc3339"],
): JsonObject {
  return {
    ...edit,
    at: rfc3339(at),
    ...(groups === undefined ? {} : { groups }),
    changes: changes.map(({ path, from, to }) => ({ path, from, to })),
  };
}

/** The episode as it will be read again: what has been is rounded down, what is to come up, so that nothing heals early. */
export function inSeconds(episode: Episode): Episode {
  const { until, graceUntil } = episode;
  return {
    ...episode,
    since: down(episode.since),
    decisionAt: down(episode.decisionAt),
    edits: episode.edits.map(edit => ({ ...edit, at: down(edit.at) })),
    ...(until === undefined ? {} : { until: secondsUp(until) }),
    ...(graceUntil === undefined ? {} : { graceUntil: secondsUp(graceUntil) }),
  };
}

/** The same text for episodes whose records would say the same. */
export function textOfEpisode(episode: Episode): string {
  return toCanonicalJson(inSeconds(episode) as unknown as Json);
}

function down(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
