/** Follows a collection of the API server: everything that changes in it, over as many connections as that takes. */
import { setTimeout as sleep } from "node:timers/promises";
import { isObject, parseObject, type JsonObject } from "../../model/json";
import type { KubeStream } from "./client";
import { LineTooLong, readLines } from "./lines";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: JsonObject;
}

/** What is watched, and by whom; none of its functions but `begin` may throw. */
export interface Watched {
  /** Path of the collection. */
  readonly path: string;
  /** Selectors, for instance. */
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  /**
   * The resourceVersion to begin after, from a list. Called at first, and after a gap: events were missed, and whatever
   * is known may be outdated. Tried again when it rejects.
   */
  readonly begin: (signal: AbortSignal) => Promise<string>;
  readonly event: (event: WatchEvent) => void;
  /** Whether events arrive at once. After `false` they come late, but they do come, unless `begin` is called. */
  readonly connected: (now: boolean) => void;
  /** The connection failed, and will be tried again. */
  readonly trouble: (error: unknown) => void;
}

export interface WatchLimits {
  /** After so long the server ends the connection, and the next one begins. */
  readonly connectionSeconds: number;
  /** A connection without a byte for so long is dead. Longer than connectionSeconds, since a quiet one is alive. */
  readonly idleMs: number;
  readonly lineBytes: number;
  /** Pause after the first failure; it doubles up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const WATCH_LIMITS: WatchLimits = {
  connectionSeconds: 290,
  idleMs: 305_000,
  // an object has at most 1.5 MiB in etcd
  lineBytes: 8 * 1024 * 1024,
  firstPauseMs: 250,
  longestPauseMs: 30_000,
};

/** A connection that lived so long is no failure, whatever ended it. */
const HEALTHY_AFTER_MS = 5_000;

/** Events after the last resourceVersion are lost, or cannot be read: to resume would meet the same again. */
class Gap extends Error {}

interface Progress {
  resourceVersion: string | undefined;
  /** When the last connection stood; undefined: it never did. */
  connectedAt: number | undefined;
  /** Something was received over the last connection. */
  moved: boolean;
  /** How often in a row the server answered, but not with a stream. */
  refusals: number;
}

const BEFORE = { resourceVersion: undefined, moved: false, refusals: 0 };

/** Watches until the signal is aborted; never rejects. */
export async function watch(
  stream: KubeStream,
  watched: Watched,
  signal: AbortSignal,
  limits = WATCH_LIMITS,
): Promise<void> {
  const progress: Progress = { ...BEFORE, connectedAt: undefined };
  for (let failures = 0; !signal.aborted; ) {
    Object.assign(progress, { connectedAt: undefined, moved: false });
    await connect(stream, watched, { signal, limits, progress });
    failures = countFailures(progress, failures);
    if (failures > 0) await pause(failures, limits, signal);
  }
}

/** One connection, from its beginning to its end, whatever that is. */
async function connect(stream: KubeStream, watched: Watched, following: Following): Promise<void> {
  const { signal, progress } = following;
  try {
    progress.resourceVersion ??= await watched.begin(signal);
    await follow(stream, watched, following);
  } catch (error) {
    if (error instanceof Gap) Object.assign(progress, BEFORE);
    if (!signal.aborted) watched.trouble(error);
  }
}

/** A connection that ends early is a failure too, also when it ends well: nobody is asked again and again. */
function countFailures({ connectedAt, moved }: Progress, before: number): number {
  if (connectedAt !== undefined && performance.now() - connectedAt >= HEALTHY_AFTER_MS) return 0;
  return moved ? 1 : before + 1;
}

/** Doubles from failure to failure; at random between half and all of it, so that a fleet does not come back at once. */
export async function pause(
  failures: number,
  limits: WatchLimits,
  signal: AbortSignal,
): Promise<void> {
  const longest = Math.min(limits.firstPauseMs * 2 ** (failures - 1), limits.longestPauseMs);
  await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}

interface Following {
  readonly signal: AbortSignal;
  readonly limits: WatchLimits;
  readonly progress: Progress;
}

/** One connection: returns when the server ends it, throws when it breaks. */
async function follow(stream: KubeStream, watched: Watched, following: Following): Promise<void> {
  const { signal, limits, progress } = following;
  const { path, query, accept } = watched;
  const answer = await stream({
    path,
    query: {
      ...query,
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(limits.connectionSeconds),
      resourceVersion: progress.resourceVersion ?? "",
    },
    ...(accept === undefined ? {} : { accept }),
    idleMs: limits.idleMs,
    signal,
  });
  try {
    if (answer.status !== 200) throw refusal(answer.status, path, ++progress.refusals);
    progress.refusals = 0;
    progress.connectedAt = performance.now();
    watched.connected(true);
    for await (const line of readLines(answer.chunks, limits.lineBytes)) {
      signal.throwIfAborted();
      receive(line, watched, progress);
    }
  } catch (error) {
    if (error instanceof LineTooLong) throw new Gap(`watch of ${path}: ${error.message}`);
    throw error;
  } finally {
    watched.connected(false);
    answer.close();
  }
}

/** So often a server that says it is busy or broken is believed: a resourceVersion that it can't read is a 500, too. */
const MOST_REFUSALS = 5;

/** What the server refuses for good (410: too old) is a gap. */
function refusal(status: number, path: string, count: number): Error {
  const message = `watch of ${path}: HTTP ${status}`;
  const passing = (status === 429 || status >= 500) && count < MOST_REFUSALS;
  return passing ? new Error(message) : new Gap(message);
}

function receive(line: string, watched: Watched, progress: Progress): void {
  const { type, object } = parseObject(line);
  const resourceVersion = isObject(object) ? versionOf(object) : undefined;
  if (!isObject(object) || resourceVersion === undefined) throw broken(type, object, watched.path);
  if (isChange(type)) watched.event({ type, object });
  progress.resourceVersion = resourceVersion;
  progress.moved = true;
}

function versionOf({ metadata }: JsonObject): string | undefined {
  const version = isObject(metadata) ? metadata.resourceVersion : undefined;
  return typeof version === "string" && version !== "" ? version : undefined;
}

const CHANGES: readonly unknown[] = ["ADDED", "MODIFIED", "DELETED"];

/** The others are BOOKMARK, and whatever may come one day: they only say how far we are. */
function isChange(type: unknown): type is WatchEvent["type"] {
  return CHANGES.includes(type);
}

/** An ERROR event holds a Status without a resourceVersion. The line itself is not quoted: it may be part of a Secret. */
function broken(type: unknown, object: unknown, path: string): Gap {
  const code = type === "ERROR" && isObject(object) ? object.code : undefined;
  const what = typeof code === "number" ? `error ${code}` : "something that is no event";
  return new Gap(`watch of ${path}: the API server sent ${what}`);
}
