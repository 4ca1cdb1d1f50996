/** Takes evidence off an object that nopea has just written, where the admission hook was not there to do it in the same write. */
import { ANNOTATION_SUSPEND_HEAL, HOOK_ANNOTATIONS } from "../../model/annotations";
import { toJson, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import type { Live, Sighting } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { JSON_PATCH, type Kube, type KubeAnswer } from "./client";
import { readSighting } from "./live";
import { objectPath } from "./paths";

/** Controllers write a status as soon as they see what was applied, some of them several times. */
const TRIES = 5;

/**
 * The object as it is then, where nobody wrote it in between. As it was where somebody did: what they have written, the
 * watch tells. With a newer edit, or a suspension, all of it stays, and the next write comes by.
 */
export async function unstamp(
  kube: Kube,
  unstamping: Unstamping,
  signal: AbortSignal,
): Promise<Unstamped> {
  const { desired, sighting } = unstamping;
  let { live } = sighting;
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await takeOff(kube, { ...unstamping, live }, signal);
    if (answer.status < 300) {
      const bare = readSighting(desired.kind, answer.body) ?? sighting;
      return { isOff: true, sighting: tries === 0 ? bare : sighting };
    }
    const now = readSighting(desired.kind, await lookAgain(kube, desired, signal))?.live;
    if (now === undefined || !isOnlyNewer(now, live)) break;
    live = now;
  }
  return { isOff: false, sighting };
}

async function lookAgain(kube: Kube, desired: Desired, signal: AbortSignal) {
  const { status, body } = await kube({ path: objectPath(desired.kind, desired.key), signal });
  return status < 300 ? body : undefined;
}

interface Unstamped {
  readonly isOff: boolean;
  readonly sighting: Sighting;
}

interface Unstamping {
  readonly desired: Desired;
  /** As it was answered. */
  readonly sighting: Sighting;
  readonly fieldManager: string;
}

/** Only of that version. */
function takeOff(
  kube: Kube,
  { desired, live, fieldManager }: Omit<Unstamping, "sighting"> & { readonly live: Live },
  signal: AbortSignal,
): Promise<KubeAnswer> {
  const { annotations, uid, resourceVersion } = live;
  const names = HOOK_ANNOTATIONS.filter(name => annotations[name] !== undefined);
  return kube({
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
}

/** What was refused of the same version is refused for another reason. */
function isOnlyNewer(now: Live, before: Live): boolean {
  const isSame = HOOK_ANNOTATIONS.every(name => now.annotations[name] === before.annotations[name]);
  const isSuspended = now.annotations[ANNOTATION_SUSPEND_HEAL] !== undefined;
  const isNewer = now.resourceVersion !== before.resourceVersion;
  return isNewer && isSame && !isSuspended && now.uid === before.uid;
}
