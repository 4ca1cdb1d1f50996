/** Writes Kubernetes Events (events.k8s.io/v1, KEP-383) in the background: bounded, in order, and what repeats as a series. */
import { hostname } from "node:os";
import type { JsonObject } from "../../model/json";
import {
  EVENT_REPORTER,
  LABEL_EVENT,
  type EventObject,
  type KubeEvent,
} from "../../model/kube-event";
import type { Clock, KubeEvents, Log } from "../../ports";
import { createTurns, type Turns } from "../turns";
import type { Kube } from "./client";
import { createEventSeries, placeOf, type EventSeries, type Placed } from "./event-series";

export interface KubeEventsOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each Event that is given up. */
  readonly dropped: () => void;
  readonly life: AbortSignal;
}

const MOST_WAITING = 4_000;
/** So that one that is refused leaves room for others. */
const MOST_OF_NAMESPACE = 1_000;
const PAUSES_MS = [1_000, 2_000, 4_000];
/** The write that an Event tells of is mostly still under way: it must not wait behind the telling. */
const FIRST_PAUSE_MS = 100;
/** Events of thousands of namespaces must not keep the API server from what matters. */
const AT_ONCE = 8;
const MERGE_PATCH = "application/merge-patch+json";

/** Events are for people: one that cannot be written hurts nothing and nobody waits for it. */
export function createKubeEvents(options: KubeEventsOptions): KubeEvents {
  const { clock, life, dropped } = options;
  const writing = { ...options, series: createEventSeries(), turns: createTurns(AT_ONCE) };
  const lines = new Map<string, Timed[]>();
  let waiting = 0;
  let latest = 0;

  /** One namespace, until nothing of it waits: where Events are refused, those of no other wait for it. */
  async function drain(namespace: string, line: Timed[]): Promise<void> {
    await clock.sleep(FIRST_PAUSE_MS, life).catch(() => undefined);
    for (let event = line[0]; event !== undefined && !life.aborted; event = line[0]) {
      await deliver(writing, event);
      line.shift();
      waiting--;
    }
    lines.delete(namespace);
  }

  function enter(event: Timed): void {
    waiting++;
    const namespace = placeOf(event);
    const line = lines.get(namespace);
    line?.push(event);
    if (line !== undefined) return;
    const begun = [event];
    lines.set(namespace, begun);
    void drain(namespace, begun);
  }

  return {
    record(event) {
      // of the same millisecond too, so that whoever sorts them reads them in order
      latest = Math.max(latest + 1, event.at * 1000);
      const ofLine = lines.get(placeOf(event))?.length ?? 0;
      const hasRoom = waiting < MOST_WAITING && ofLine < MOST_OF_NAMESPACE;
      if (hasRoom) enter({ ...event, micros: latest });
      else dropped();
    },
    depth: () => waiting,
  };
}

interface Timed extends KubeEvent {
  /** Microseconds since the epoch. */
  readonly micros: number;
}

interface Writing extends KubeEventsOptions {
  readonly series: EventSeries;
  readonly turns: Turns;
}

async function deliver(writing: Writing, event: Timed): Promise<void> {
  const { clock, log, dropped, life, series } = writing;
  const placed = series.place(event);
  for (const pause of [...PAUSES_MS, undefined]) {
    const problem = await inTurn(writing, event, placed).catch(unreachable);
    if (problem === undefined || life.aborted) return;
    if (pause === undefined || !problem.passes) {
      dropped();
      log.warn({ reason: event.reason, problem: problem.what }, "Event not written");
      return;
    }
    await clock.sleep(pause, life).catch(() => undefined);
  }
}

/** A turn is only taken for a try: whoever pauses keeps nobody waiting. */
async function inTurn(
  writing: Writing,
  event: Timed,
  placed: Placed,
): Promise<Problem | undefined> {
  const end = await writing.turns.take(writing.life);
  try {
    return await write(writing, event, placed);
  } finally {
    end();
  }
}

interface Problem {
  readonly what: string;
  /** It may go by itself. */
  readonly passes: boolean;
}

function unreachable(error: unknown): Problem {
  return { what: String(error), passes: true };
}

/** What is wrong; undefined: it is in. */
async function write(
  { kube, life }: KubeEventsOptions,
  event: Timed,
  placed: Placed,
): Promise<Problem | undefined> {
  const path = `/apis/events.k8s.io/v1/namespaces/${placed.namespace}/events`;
  if (placed.count > 1) {
    const series = { count: placed.count, lastObservedTime: microTime(event.micros) };
    const body = JSON.stringify({ series });
    const at = `${path}/${placed.name}`;
    const patch = { method: "PATCH", path: at, contentType: MERGE_PATCH, body } as const;
    const { status } = await kube({ ...patch, signal: life });
    // Events live for an hour: a series may be longer
    if (status !== 404) return problemOf(status);
  }
  const body = JSON.stringify(objectOf(event, placed));
  const contentType = "application/json";
  const { status } = await kube({ method: "POST", path, contentType, body, signal: life });
  // 409: this very occurrence was told before
  return status === 409 ? undefined : problemOf(status);
}

function problemOf(status: number): Problem | undefined {
  if (status < 300) return undefined;
  return { what: `HTTP ${status}`, passes: status >= 500 || status === 429 };
}

function objectOf(event: Timed, { name, namespace }: Placed): JsonObject {
  const { reason, type, action, note, regarding, related, micros, occurrence } = event;
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name, namespace, labels: { [LABEL_EVENT]: occurrence } },
    eventTime: microTime(micros),
    ...{ reason, type, action, note },
    regarding: referenceTo(regarding),
    ...(related === undefined ? {} : { related: referenceTo(related) }),
    reportingController: EVENT_REPORTER,
    reportingInstance: hostname(),
  };
}

function referenceTo({ namespace, ...object }: EventObject): JsonObject {
  return namespace === "" ? object : { ...object, namespace };
}

/** RFC 3339 with microseconds, as the API server wants it. */
function microTime(micros: number): string {
  const below = String(micros % 1000).padStart(3, "0");
  return new Date(Math.floor(micros / 1000)).toISOString().replace("Z", `${below}Z`);
}
