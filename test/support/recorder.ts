/** Records the events of a watch with the time at which each was received. */
import { eventually } from "../../src/local/eventually";
import type { KubeClient } from "../../src/local/kube-client";
import type { ListOptions } from "../../src/local/kube-paths";
import type { KubeObject, WatchEvent } from "../../src/local/kube-types";

export interface Recorded<T> {
  /** Milliseconds, from performance.now(). */
  readonly at: number;
  readonly type: WatchEvent["type"];
  readonly object: T;
}

export interface Recorder<T> {
  readonly events: readonly Recorded<T>[];
  /** The first event, past or to come, that fits. */
  until(fits: (event: Recorded<T>) => boolean, timeoutMs?: number): Promise<Recorded<T>>;
  stop(): Promise<void>;
}

/** Starts recording everything that happens from now on to one kind. */
export async function record<T extends KubeObject>(
  kube: KubeClient,
  apiVersion: string,
  kind: string,
  by: ListOptions = {},
): Promise<Recorder<T>> {
  const events: Recorded<T>[] = [];
  const stopping = new AbortController();
  const resourceVersion = await kube.resourceVersion(apiVersion, kind, by);
  const running = kube.watch(
    { apiVersion, kind, by: { ...by, resourceVersion } },
    event => events.push({ at: performance.now(), type: event.type, object: event.object as T }),
    stopping.signal,
  );
  // a watch that ends badly is told by stop(), not by an unhandled rejection
  running.catch(() => undefined);
  return {
    events,
    until: (fits, timeoutMs = 30_000) => eventually(() => events.find(fits), timeoutMs, 2),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
