/** A Kubernetes Event of nopea's, as the command shows it. */
import { API_GROUP } from "../../model/annotations";
import type { JsonObject } from "../../model/json";
import { EVENT_REPORTER, LABEL_EVENT } from "../../model/kube-event";
import { groupOf } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import { parseTime } from "../../model/time";
import { marks, number, part, text } from "../api/fields";

export interface ShownEvent {
  /** The same for all that tells of one occurrence, another when it happens again. */
  readonly occurrence: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  readonly reason: string;
  /** As formatKey writes it. */
  readonly object: string;
  /** "" where it is not known. */
  readonly repository: string;
  readonly isAboutRepository: boolean;
  readonly note: string;
  /** How often it has happened. */
  readonly count: number;
}

/** Of core/v1, which is another view of events.k8s.io/v1; undefined: somebody else's. */
export function readEvent(event: JsonObject): ShownEvent | undefined {
  if (text(event, "reportingComponent") !== EVENT_REPORTER) return undefined;
  const involved = part(event, "involvedObject");
  const isAboutRepository = isRepository(involved);
  const repository = isAboutRepository ? involved : part(event, "related");
  const count = Math.max(1, number(part(event, "series"), "count"));
  return {
    occurrence: `${occurrenceOf(event)}#${count}`,
    at: timeOf(event),
    type: text(event, "type"),
    reason: text(event, "reason"),
    object: keyOf(involved),
    repository: isRepository(repository) ? text(repository, "name") : "",
    isAboutRepository,
    note: text(event, "message"),
    count,
  };
}

/** One of each occurrence, that about the object where there is one; oldest first. */
export function withoutDoubles(events: readonly ShownEvent[]): readonly ShownEvent[] {
  const chosen = new Map<string, ShownEvent>();
  for (const event of events) {
    const before = chosen.get(event.occurrence);
    if (before === undefined || before.isAboutRepository) chosen.set(event.occurrence, event);
  }
  return [...chosen.values()].sort((a, b) => a.at - b.at);
}

function isRepository(reference: JsonObject): boolean {
  const group = groupOf(text(reference, "apiVersion"));
  return text(reference, "kind") === "GitRepository" && group === API_GROUP;
}

function occurrenceOf(event: JsonObject): string {
  return text(marks(event, "labels"), LABEL_EVENT) || text(part(event, "metadata"), "uid");
}

function timeOf(event: JsonObject): number {
  const times = [
    text(part(event, "series"), "lastObservedTime"),
    text(event, "eventTime"),
    text(event, "lastTimestamp"),
    text(part(event, "metadata"), "creationTimestamp"),
  ];
  return times.map(time => parseTime(time)).find(time => time !== undefined) ?? 0;
}

function keyOf(reference: JsonObject): string {
  return formatKey({
    group: groupOf(text(reference, "apiVersion")),
    kind: text(reference, "kind"),
    namespace: text(reference, "namespace"),
    name: text(reference, "name"),
  });
}
