/** What of others is in Pepr's namespace, or needs Pepr's definition: then those two stay. */
import { collectionPath } from "../../adapters/kube/paths";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { KindInfo } from "../../model/manifest";
import type { Context } from "../context";
import { part } from "../api/fields";
import { namespacedKinds } from "../resources/resolve";
import { DEPLOYMENT, PEPR_STORE, PROCESSES, REST, SYSTEM, type Part } from "./parts";

/** What Kubernetes itself keeps in a namespace, and what only shows other objects in another way. */
const KEPT_BY_ITSELF = new Set(["Event", "Lease", "Endpoints", "EndpointSlice", "PodMetrics"]);

const OURS: ReadonlySet<string> = new Set(
  [...PROCESSES, ...REST].map(({ kind, namespace, name }: Part) =>
    [kind.kind, namespace, name].join(" "),
  ),
);

/** Objects of others in the namespace: "Deployment pepr-other". */
export async function inNamespace(context: Context): Promise<readonly string[]> {
  const kinds = (await namespacedKinds(context)).filter(({ kind }) => !KEPT_BY_ITSELF.has(kind));
  const found = await Promise.all(kinds.map(kind => others(context, kind, SYSTEM)));
  return found.flat();
}

/** Stores of other modules, and modules that may make one. */
export async function usersOfStore(context: Context): Promise<readonly string[]> {
  const [stores, modules] = await Promise.all([
    others(context, PEPR_STORE, ""),
    others(context, DEPLOYMENT, "", "pepr.dev/controller"),
  ]);
  return [...stores, ...modules];
}

async function others(
  context: Context,
  kind: KindInfo,
  namespace: string,
  labelSelector = "",
): Promise<readonly string[]> {
  const listed = await tryToList(context, kind, { namespace, labelSelector });
  if (listed === undefined) return [`${kind.plural}, which cannot be listed`];
  return listed
    .filter(isObject)
    .filter(item => !comesByItself(item))
    .filter(item => !OURS.has(identityOf(kind, item)))
    .map(item => `${kind.kind} ${textOf(part(item, "metadata").name)}`);
}

/** Undefined: nobody knows what is there. */
async function tryToList(
  { kube, signal }: Context,
  kind: KindInfo,
  where: { readonly namespace: string; readonly labelSelector: string },
): Promise<readonly Json[] | undefined> {
  const path = collectionPath(kind, where.namespace);
  const query = where.labelSelector === "" ? {} : { labelSelector: where.labelSelector };
  const answer = await kube({ path, query, signal });
  // what is not served, or cannot be listed at all (reviews), has no objects
  if (answer.status === 404 || answer.status === 405) return [];
  if (answer.status >= 300) return undefined;
  return isList(answer.body.items) ? answer.body.items : [];
}

function identityOf(kind: KindInfo, item: JsonObject): string {
  const { namespace, name } = part(item, "metadata");
  return [kind.kind, textOf(namespace), textOf(name)].join(" ");
}

/** Kubernetes puts these into every namespace, or they go with what owns them. */
function comesByItself(item: JsonObject): boolean {
  const { name, ownerReferences, deletionTimestamp } = part(item, "metadata");
  if (isList(ownerReferences) && ownerReferences.length > 0) return true;
  if (deletionTimestamp !== undefined || name === "kube-root-ca.crt") return true;
  return name === "default" || item.type === "kubernetes.io/service-account-token";
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
