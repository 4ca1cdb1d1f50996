/** Watches the webhook configurations that the hooks depend on: Pepr's two and nopea's own two. */
import { EVIDENCE_CONFIGURATION, WITNESS_CONFIGURATION } from "../../model/hooks";
import { isList, isObject, type JsonObject } from "../../model/json";
import type { Log } from "../../ports";
import type { Kube, KubeStream } from "./client";
import { failUnlessFound } from "./faults";
import { MUTATING, PEPR, readObject, VALIDATING } from "./hook-plan";
import { createTrouble, type Trouble } from "./trouble";
import { watch, type WatchEvent, type WatchLimits } from "./watch";

export interface HookWatchOptions {
  readonly kube: Kube;
  readonly stream: KubeStream;
  readonly log: Log;
  readonly life: AbortSignal;
  readonly limits?: WatchLimits;
}

const WATCHED = [
  [MUTATING, PEPR],
  [VALIDATING, PEPR],
  [MUTATING, EVIDENCE_CONFIGURATION],
  [VALIDATING, WITNESS_CONFIGURATION],
] as const;

/** Undefined where there is none. */
export type ReadConfiguration = (
  path: string,
  signal: AbortSignal,
) => Promise<JsonObject | undefined>;

/** Calls back whenever one of them has changed, or may have. What a watch shows of it costs no request. */
export function watchConfigurations(
  options: HookWatchOptions,
  changed: () => void,
): ReadConfiguration {
  const shown = new Map<string, JsonObject | undefined>();
  const trouble = createTrouble(
    options.log,
    "watch of webhook configurations interrupted",
    "watch of webhook configurations goes on",
  );
  for (const [path, name] of WATCHED) watchOne(options, { path, name, changed, trouble, shown });
  return (path, signal) =>
    shown.has(path) ? Promise.resolve(shown.get(path)) : readObject(options.kube, path, signal);
}

interface One {
  readonly path: string;
  readonly name: string;
  readonly changed: () => void;
  readonly trouble: Trouble;
  /** By path of the object: as it is, while its watch stands. */
  readonly shown: Map<string, JsonObject | undefined>;
}

function watchOne(
  { kube, stream, life, limits }: HookWatchOptions,
  { path, name, changed, trouble, shown }: One,
): void {
  // the collection holds one object, or none: whatever happens in it is about that one
  const query = { fieldSelector: `metadata.name=${name}` };
  const id = `${path}/${name}`;
  const begin = async (signal: AbortSignal) => {
    const answer = await kube({ path, query, signal });
    failUnlessFound(answer, path);
    const { metadata, items } = answer.body;
    const version = isObject(metadata) ? metadata.resourceVersion : undefined;
    if (typeof version !== "string") throw new Error(`the list of ${path} has no resourceVersion`);
    const [found] = isList(items) ? items : [];
    shown.set(id, isObject(found) ? found : undefined);
    changed();
    return version;
  };
  const watched = {
    path,
    query,
    begin,
    event: ({ type, object }: WatchEvent) => {
      shown.set(id, type === "DELETED" ? undefined : object);
      changed();
    },
    connected: (now: boolean) => {
      if (now) trouble.over();
      // what happens meanwhile is not shown
      else shown.delete(id);
    },
    trouble(error: unknown) {
      shown.delete(id);
      trouble.begins(error);
    },
  };
  void watch(stream, watched, life, limits);
}
