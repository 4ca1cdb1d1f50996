/** Takes nopea's finalizer off GitRepositories that nobody else would take it off from. */
import { serverMessage } from "../../adapters/kube/faults";
import { collectionPath, objectPath } from "../../adapters/kube/paths";
import { FINALIZER } from "../../model/annotations";
import { isList, isObject, type JsonObject } from "../../model/json";
import { CommandError, type Context } from "../context";
import { GIT_REPOSITORIES } from "../../model/own-kinds";
import { part, parts } from "../api/fields";

/** All GitRepositories; none where the kind is not served. */
export async function repositories({ kube, signal }: Context): Promise<readonly JsonObject[]> {
  const answer = await kube({ path: collectionPath(GIT_REPOSITORIES, ""), signal });
  if (answer.status === 404) return [];
  if (answer.status < 300) return parts(answer.body, "items");
  const why = `${answer.status} ${serverMessage(answer.body)}`.trimEnd();
  throw new CommandError(`GitRepositories cannot be listed: ${why}\nNothing was deleted.`);
}

/** How many objects they say that they manage. */
export function managed(all: readonly JsonObject[]): number {
  return all
    .map(({ status }) => part(status, "resources").total)
    .reduce<number>((sum, total) => sum + (typeof total === "number" ? total : 0), 0);
}

/** Returns of how many it was taken off; one that changes meanwhile is left to the next try. */
export async function releaseAll(context: Context): Promise<number> {
  const held = (await repositories(context)).filter(isHeld);
  const released = await Promise.all(held.map(item => release(context, item)));
  return released.filter(Boolean).length;
}

function isHeld({ metadata }: JsonObject): boolean {
  const finalizers = isObject(metadata) ? metadata.finalizers : undefined;
  return isList(finalizers) && finalizers.includes(FINALIZER);
}

async function release({ kube, signal }: Context, { metadata }: JsonObject): Promise<boolean> {
  const { namespace, name, resourceVersion, finalizers } = isObject(metadata) ? metadata : {};
  if (typeof namespace !== "string" || typeof name !== "string") return false;
  const left = isList(finalizers) ? finalizers.filter(one => one !== FINALIZER) : [];
  const answer = await kube({
    method: "PATCH",
    path: objectPath(GIT_REPOSITORIES, { namespace, name }),
    contentType: "application/merge-patch+json",
    body: JSON.stringify({ metadata: { resourceVersion, finalizers: left } }),
    signal,
  });
  return answer.status < 300;
}
