/** A server-side apply as a dry run: what the API server would make of it. */
import { NopeaError } from "../../model/errors";
import type { JsonObject } from "../../model/json";
import type { Rehearsal } from "../../ports";
import { actingAs, APPLY_PATCH, type Kube } from "./client";
import { writeFault } from "./faults";
import { patchBody } from "./patch-body";
import { objectPath } from "./paths";

/** The whole object; undefined where it is refused or has changed. Rejects where nobody says which. */
export async function rehearse(
  kube: Kube,
  rehearsal: Rehearsal,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const { desired, manifest, fieldManager, account, on } = rehearsal;
  const { uid, resourceVersion } = on;
  const answer = await actingAs(
    kube,
    account,
  )({
    method: "PATCH",
    path: objectPath(desired.kind, desired.key),
    query: { fieldManager, force: "true", dryRun: "All" },
    contentType: APPLY_PATCH,
    body: patchBody({ ...manifest, metadata: { ...manifest.metadata, uid, resourceVersion } }),
    signal,
  });
  if (answer.status < 300) return answer.body;
  const { code, message } = writeFault(answer, desired);
  if (code === "cluster-unreachable" || code === "kind-unavailable") {
    throw new NopeaError(code, message);
  }
  return undefined;
}
