/** Watches the webhook configurations that the hooks depend on: Pepr's two and nopea's own two. */
import { EVIDENCE_CONFIGURATION, WITNESS_CONFIGURATION } from "../../model/hooks";
import { isObject } from "../../model/json";
import type { Log } from "../../ports";
import { METADATA_LIST_ONLY, METADATA_ONLY, type Kube, type KubeStream } from "./client";
import { failUnlessFound } from "./faults";
import { MUTATING, PEPR, VALIDATING } from "./hook-plan";
import { createTrouble, type Trouble } from "./trouble";
import { watch, type WatchLimits } from "./watch";

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

/** Calls back whenever one of them has changed, or may have. */
export function watchConfigurations(options: HookWatchOptions, changed: () => void): void {
  const trouble = createTrouble(
    options.log,
    "watch of webhook configurations interrupted",
    "watch of webhook configurations goes on",
  );
  for (const [path, name] of WATCHED) watchOne(options, { path, name, changed, trouble });
}

interface One {
  readonly path: string;
  readonly name: string;
  readonly changed: () => void;
  readonly trouble: Trouble;
}

function watchOne(
  { kube, stream, life, limits }: HookWatchOptions,
  { path, name, changed, trouble }: One,
): void {
  // the collection holds one object, or none: whatever happens in it is about that one
  const query = { fieldSelector: `metadata.name=${name}` };
  const begin = async (signal: AbortSignal) => {
    const answer = await kube({ path, query, accept: METADATA_LIST_ONLY, signal });
    failUnlessFound(answer, path);
    const { metadata } = answer.body;
    const version = isObject(metadata) ? metadata.resourceVersion : undefined;
    if (typeof version !== "string") throw new Error(`the list of ${path} has no resourceVersion`);
    changed();
    return version;
  };
  const watched = {
    path,
    query,
    accept: METADATA_ONLY,
    begin,
    event: changed,
    connected: (now: boolean) => {
      if (now) trouble.over();
    },
    trouble: (error: unknown) => trouble.begins(error),
  };
  void watch(stream, watched, life, limits);
}
