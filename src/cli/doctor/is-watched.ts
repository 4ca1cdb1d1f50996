/** Whether a watcher runs that takes finalizers off. */
import type { Context } from "../context";
import { deploymentPath } from "./check-processes";
import { part } from "../api/fields";
import { probe } from "./probe";

/** True where its Deployment has an available pod, or nobody can say. */
export async function isWatched(context: Context): Promise<boolean> {
  const probed = await probe(context, deploymentPath("pepr-nopea-watcher"));
  if (probed.state !== "found") return probed.state === "unreadable";
  const { availableReplicas } = part(probed.object, "status");
  return typeof availableReplicas === "number" && availableReplicas > 0;
}
