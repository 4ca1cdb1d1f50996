/** Puts what an event says into its envelope: CloudEvents 1.0, structured mode. */
import type { EventDraft, Stamp } from "../../model/cloud-event";
import type { JsonObject } from "../../model/json";

/** The type of the body that writeEvent writes. */
export const EVENT_MEDIA_TYPE = "application/cloudevents+json; charset=utf-8";

/** The release of CDEvents whose schemas the events are of. */
const CDEVENTS = "0.5.1";

/** The body of the request that sends the event. */
export function writeEvent(draft: EventDraft, stamp: Stamp): string {
  return JSON.stringify(eventOf(draft, stamp));
}

function eventOf(
  { type, source, subject, about, text }: EventDraft,
  { id, time }: Stamp,
): JsonObject {
  return {
    specversion: "1.0",
    id,
    source,
    type,
    time,
    subject,
    datacontenttype: "application/json",
    ...(text === undefined ? {} : { text }),
    data: {
      context: { specversion: CDEVENTS, id, source, type, timestamp: time },
      ...about,
    },
  };
}
