/** Follows one of nopea's own kinds in all namespaces: what there is, and whatever changes of it. */
import { isObject, type JsonObject } from "../../model/json";
import { kindId, type KindInfo } from "../../model/manifest";
import type { Log } from "../../ports";
import type { Kube, KubeStream } from "./client";
import { listAll } from "./list";
import { collectionPath } from "./paths";
import { createTrouble } from "./trouble";
import { watch } from "./watch";

/** Who is told; its functions return at once, and never throw. */
export interface Listener {
  /** A list is asked for: what is known now is older than it. */
  begins?(): void;
  /** All that there are; again after a gap. */
  replace(objects: readonly JsonObject[]): void;
  upsert(object: JsonObject): void;
  remove(object: JsonObject): void;
}

export interface FollowingAll {
  readonly kube: Kube;
  readonly stream: KubeStream;
  readonly kind: KindInfo;
  readonly listener: Listener;
  /** Told whether events arrive at once. */
  readonly connected?: (now: boolean) => void;
  readonly log: Log;
  /** Ends it. */
  readonly life: AbortSignal;
}

/** Returns at once; goes on until life ends, also while nobody serves the kind yet. */
export function followAll(following: FollowingAll): void {
  const { kube, stream, kind, listener, log, life } = following;
  const trouble = createTrouble(
    log,
    `watch of ${kindId(kind)} interrupted`,
    `watch of ${kindId(kind)} goes on`,
  );
  const watched = {
    path: collectionPath(kind, ""),
    begin: async (signal: AbortSignal) => {
      listener.begins?.();
      const listed = await listAll(kube, { kind, namespace: "", labelSelector: "" }, signal);
      if (listed === undefined) throw new Error(`${kindId(kind)} is not served`);
      listener.replace(listed.items.filter(isObject));
      return listed.resourceVersion;
    },
    event: ({ type, object }: { readonly type: string; readonly object: JsonObject }) => {
      if (type === "DELETED") listener.remove(object);
      else listener.upsert(object);
    },
    connected: (now: boolean) => {
      if (now) trouble.over();
      following.connected?.(now);
    },
    trouble: (error: unknown) => trouble.begins(error),
  };
  void watch(stream, watched, life);
}
