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
import type { Kube } from "./client";
import { createEventSeries, type EventSeries, type Placed } from "./event-series";

export interface KubeEventsOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each Event that is given up. */
  readonly dropped: () => void;
  readonly life: AbortSignal;
}

const MOST_WAITING = 1_000;
const PAUSES_MS = [1_000, 2_000, 4_000];
const MERGE_PATCH = "application/merge-patch+json";

/** Events are for people: one that cannot be written hurts nothing and nobody waits for it. */
export function createKubeEvents(options: KubeEventsOptions): KubeEvents {
  const { life, dropped } = options;
  const series = createEventSeries();
  const queue: Timed[] = [];
  let running = false;
  let latest = 0;

  async function drain(): Promise<void> {
    running = true;
    for (let event = queue[0]; event !== undefined && !life.aborted; event = queue[0]) {
      await deliver(options, series, event);
      queue.shift();
    }
    running = false;
  }

  return {
    record(event) {
      // of the same millisecond too, so that whoever sorts them reads them in order
      latest = Math.max(latest + 1, event.at * 1000);
      if (queue.length >= MOST_WAITING) dropped();
      else queue.push({ ...event, micros: latest });
      if (!running) void drain();
    },
    depth: () => queue.length,
  };
}

interface Timed extends KubeEvent {
  /** Microseconds since the epoch. */
  readonly micros: number;
}

async function deliver(
  options: KubeEventsOptions,
  series: EventSeries,
  event: Timed,
): Promise<void> {
  const { clock, log, dropped, life } = options;
  const placed = series.place(event);
  for (const pause of [...PAUSES_MS, undefined]) {
    const problem = await write(options, event, placed).catch(unreachable);
    if (problem === undefined || life.aborted) return;
    if (pause === undefined || !problem.passes) {
      dropped();
      log.warn({ reason: event.reason, problem: problem.what }, "Event not written");
      return;
    }
    await clock.sleep(pause, life).catch(() => undefined);
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
