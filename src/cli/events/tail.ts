/** Prints each occurrence once, as it comes: the Event about the object is worth a moment's wait. */
import { withoutDoubles, type ShownEvent } from "./event";

export interface Tail {
  /** All that there are; only the newest `most` of those that are new are printed. */
  all(events: readonly ShownEvent[], most: number): void;
  /** One that has just come. */
  one(event: ShownEvent): void;
  /** Prints what still waits. */
  end(): void;
}

/** The two Events of an occurrence come that close to each other. */
const TWIN_MS = 500;
/** Events live for an hour. */
const MOST_KNOWN = 20_000;

/** `print` is called once for each occurrence. */
export function createTail(print: (event: ShownEvent) => void, waitMs = TWIN_MS): Tail {
  const known = new Set<string>();
  const waiting = new Map<string, { readonly event: ShownEvent; readonly timer: NodeJS.Timeout }>();

  function tell(event: ShownEvent): void {
    if (known.has(event.occurrence)) return;
    know(event);
    print(event);
  }

  function know({ occurrence }: ShownEvent): void {
    clearTimeout(waiting.get(occurrence)?.timer);
    waiting.delete(occurrence);
    known.add(occurrence);
    const [oldest] = known;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  }

  return {
    all(events, most) {
      const fresh = withoutDoubles(events).filter(({ occurrence }) => !known.has(occurrence));
      const shown = most === 0 ? [] : fresh.slice(-most);
      fresh.slice(0, fresh.length - shown.length).forEach(know);
      shown.forEach(tell);
    },
    one(event) {
      const { occurrence, isAboutRepository } = event;
      if (!isAboutRepository) {
        tell(event);
        return;
      }
      if (known.has(occurrence) || waiting.has(occurrence)) return;
      const timer = setTimeout(() => tell(event), waitMs);
      waiting.set(occurrence, { event, timer });
    },
    end() {
      for (const { event } of [...waiting.values()]) tell(event);
    },
  };
}
