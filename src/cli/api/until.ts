/** Waits for one object to become something: by a watch, so that it is seen at once. */
import { collectionPath } from "../../adapters/kube/paths";
import { watch } from "../../adapters/kube/watch";
import type { JsonObject } from "../../model/json";
import { CommandError, type Context } from "../context";
import { read, type Target } from "./ask";
import { part, text } from "./fields";

/** The object as soon as it fits, or undefined after the time. Rejects when the object is not there, or not to be read. */
export async function until(
  context: Context,
  target: Target,
  fits: (object: JsonObject) => boolean,
  timeoutMs: number,
): Promise<JsonObject | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs), over.signal]);
  let found: JsonObject | undefined;
  let failure: Error | undefined;
  const look = (object: JsonObject) => {
    if (found !== undefined || !fits(object)) return;
    found = object;
    over.abort();
  };
  const watched = {
    path: collectionPath(target.kind, target.namespace),
    query: { fieldSelector: `metadata.name=${target.name}` },
    begin: async (life: AbortSignal) => {
      const now = await read({ ...context, signal: life }, target).catch((error: unknown) => {
        // a server that is away for a moment is asked again
        if (error instanceof CommandError) failure = error;
        if (failure !== undefined) over.abort();
        throw error;
      });
      look(now);
      return text(part(now, "metadata"), "resourceVersion");
    },
    event: ({ type, object }: { readonly type: string; readonly object: JsonObject }) => {
      if (type !== "DELETED") look(object);
    },
    connected: () => undefined,
    trouble: () => undefined,
  };
  await watch(context.stream, watched, signal);
  context.signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  return found;
}
