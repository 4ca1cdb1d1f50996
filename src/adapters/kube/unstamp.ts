/** Takes evidence off an object that nopea has just written: the write itself cannot, since stamps belong to nobody. */
import { HOOK_ANNOTATIONS } from "../../model/annotations";
import { toJson, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import type { Live } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { JSON_PATCH, type Kube } from "./client";
import { objectPath } from "./paths";

/**
 * Only the evidence that was there, of the same object: with a newer edit or suspension it stays, and the next write
 * comes by. True if it is off.
 */
export async function unstamp(
  kube: Kube,
  { desired, live, fieldManager }: Unstamping,
  signal: AbortSignal,
): Promise<boolean> {
  const { annotations, uid } = live;
  const names = HOOK_ANNOTATIONS.filter(name => annotations[name] !== undefined);
  const pathOf = (name: string) => `/metadata/annotations/${pointerToken(name)}`;
  const { status } = await kube({
    method: "PATCH",
    path: objectPath(desired.kind, desired.key),
    query: { fieldManager },
    contentType: JSON_PATCH,
    // not of a version: controllers write a status as soon as they see what was applied
    body: toJson([
      { op: "test", path: "/metadata/uid", value: uid },
      ...names.map((name): JsonObject => {
        return { op: "test", path: pathOf(name), value: annotations[name] ?? "" };
      }),
      ...names.map((name): JsonObject => ({ op: "remove", path: pathOf(name) })),
    ]),
    signal,
  });
  return status < 300;
}

interface Unstamping {
  readonly desired: Desired;
  /** As it was answered. */
  readonly live: Live;
  readonly fieldManager: string;
}
