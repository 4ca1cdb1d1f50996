/** Takes evidence off an object that nopea has just written, where the admission hook was not there to do it in the same write. */
import { HOOK_ANNOTATIONS } from "../../model/annotations";
import { toJson, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import type { Sighting } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { JSON_PATCH, type Kube } from "./client";
import { readSighting } from "./live";
import { objectPath } from "./paths";

/** The object as it is then; as it was where it has changed meanwhile: the next write comes by. */
export async function unstamp(
  kube: Kube,
  { desired, sighting, fieldManager }: Unstamping,
  signal: AbortSignal,
): Promise<Sighting> {
  const { annotations, uid, resourceVersion } = sighting.live;
  const names = HOOK_ANNOTATIONS.filter(name => annotations[name] !== undefined);
  const answer = await kube({
    method: "PATCH",
    path: objectPath(desired.kind, desired.key),
    query: { fieldManager },
    contentType: JSON_PATCH,
    body: toJson([
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
      ...names.map(
        (name): JsonObject => ({
          op: "remove",
          path: `/metadata/annotations/${pointerToken(name)}`,
        }),
      ),
    ]),
    signal,
  });
  const bare = answer.status < 300 ? readSighting(desired.kind, answer.body) : undefined;
  return bare ?? sighting;
}

interface Unstamping {
  readonly desired: Desired;
  readonly sighting: Sighting;
  readonly fieldManager: string;
}
