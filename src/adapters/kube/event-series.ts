/** Where an Event is written to: under a name of its own, or into the series of one that says the same. */
import type { KubeEvent } from "../../model/kube-event";

export interface Placed {
  readonly namespace: string;
  readonly name: string;
  /** How often it was told by now; 1: it is new. */
  readonly count: number;
}

export interface EventSeries {
  place(event: KubeEvent): Placed;
}

/** As long as client-go's recorders take Events that say the same for one. */
const SERIES_MS = 360_000;
/** So many different ones of one object and reason: what comes then is taken for the same as the last. */
const MOST_DIFFERENT = 20;
const MOST_REMEMBERED = 2_000;

interface Remembered extends Placed {
  readonly at: number;
  readonly object: string;
}

/** The namespace that an Event of this object is written to. */
export function placeOf({ regarding }: Pick<KubeEvent, "regarding">): string {
  return regarding.namespace || "default";
}

/** Losing what it remembers costs an Event too many. */
export function createEventSeries(): EventSeries {
  const known = new Map<string, Remembered>();
  return {
    place(event) {
      forget(known, event.at);
      const object = `${event.regarding.uid}\n${event.reason}`;
      const key = keyOf(known, event, object);
      const last = known.get(key);
      const { at } = event;
      const place = last ?? { namespace: placeOf(event), name: nameOf(event) };
      const { namespace, name } = place;
      const count = (last?.count ?? 0) + 1;
      // the newest at the end
      known.delete(key);
      known.set(key, { namespace, name, count, at, object });
      return { namespace, name, count };
    },
  };
}

function keyOf(known: ReadonlyMap<string, Remembered>, event: KubeEvent, object: string): string {
  if (known.has(event.same)) return event.same;
  const others = [...known].filter(([, one]) => one.object === object);
  return (others.length < MOST_DIFFERENT ? undefined : others.at(-1)?.[0]) ?? event.same;
}

function forget(known: Map<string, Remembered>, now: number): void {
  for (const [key, { at }] of known) {
    if (known.size <= MOST_REMEMBERED && now - at < SERIES_MS) return;
    known.delete(key);
  }
}

const LONGEST_NAME = 200;
const LONGEST_KIND = 20;

/** A DNS-1123 subdomain, whatever the object is called (`system:node` and `a..b` are names of ClusterRoles). */
function nameOf({ regarding, occurrence }: KubeEvent): string {
  const name = labelsOf(regarding.name, LONGEST_NAME) || "object";
  const kind = labelsOf(regarding.kind, LONGEST_KIND) || "kind";
  return `${name}.${kind}.${occurrence}`;
}

/** Each part between two dots begins and ends with a letter or a digit, and none is empty. */
function labelsOf(text: string, longest: number): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");
  const labels = plain.slice(0, longest).split(".");
  return labels
    .map(label => label.replace(/^-+|-+$/g, ""))
    .filter(label => label !== "")
    .join(".");
}
