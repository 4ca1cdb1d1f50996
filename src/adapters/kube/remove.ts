/** Deletes one object: by uid and resourceVersion, and its dependents in the background. */
import type { Removal, RemovalOutcome } from "../../model/removal";
import { actingAs, METADATA_ONLY, type Kube, type KubeAnswer } from "./client";
import { faultOf, writeFault } from "./faults";
import { objectPath } from "./paths";
import { isDenied } from "./refusal";
import type { Rights } from "./rights";

export interface Removing {
  readonly kube: Kube;
  readonly rights: Pick<Rights, "absence">;
}

/** Never rejects for what the API server says, only when the signal is aborted. */
export async function remove(
  { kube, rights }: Removing,
  removal: Removal,
  signal: AbortSignal,
): Promise<RemovalOutcome> {
  try {
    const fault = await rights.absence(removal.account, signal);
    if (fault !== undefined) return { result: "failed", removal, fault };
    const answer = await actingAs(
      kube,
      removal.account,
    )({
      method: "DELETE",
      path: objectPath(removal.kind, removal.key),
      contentType: "application/json",
      accept: METADATA_ONLY,
      body: JSON.stringify({
        apiVersion: "v1",
        kind: "DeleteOptions",
        // the object goes at once, and the garbage collector takes what it owns
        propagationPolicy: "Background",
        preconditions: { uid: removal.on.uid, resourceVersion: removal.on.resourceVersion },
      }),
      signal,
    });
    return outcomeOf(answer, removal);
  } catch (error) {
    return { result: "failed", removal, fault: faultOf(error, signal) };
  }
}

/** Whoever is gone is answered with a Status, whoever goes with itself. */
function outcomeOf(answer: KubeAnswer, removal: Removal): RemovalOutcome {
  const { status, body } = answer;
  if (status < 300) return { result: body.kind === "Status" ? "removed" : "terminating", removal };
  // of a kind that is not served (any more) this says nothing, and webhooks say no with whatever status they like
  const isSaid = body.kind === "Status" && !isDenied(body);
  if (status === 404 && isSaid) return { result: "removed", removal };
  if (status === 409 && isSaid) return { result: "stale", removal };
  return { result: "failed", removal, fault: writeFault(answer, removal) };
}
