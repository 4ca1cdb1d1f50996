/** A CloudEvent 1.0 as nopea sends it, in structured mode: one JSON document. */
import type { JsonObject } from "./json";

/** What an event says, before it has an id. */
export interface EventDraft {
  readonly type: string;
  /** URI reference of the GitRepository that it is about. */
  readonly source: string;
  readonly subject: string;
  /** The CDEvent, without its context. */
  readonly about: JsonObject;
  /** The same for people, who read nothing else of it. */
  readonly text?: string;
}

/** When an event was made, and as which. */
export interface Stamp {
  /** ULID. */
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
}
