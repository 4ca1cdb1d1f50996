/** Requests of commands: an object comes back, or an error that says what was wanted and why it is not to be had. */
import type { KubeAnswer } from "../../adapters/kube/client";
import { serverMessage } from "../../adapters/kube/faults";
import { listAll } from "../../adapters/kube/list";
import { objectPath } from "../../adapters/kube/paths";
import { isObject, type JsonObject } from "../../model/json";
import type { KindInfo } from "../../model/manifest";
import { CommandError, type Context } from "../context";
import { oneLine } from "../shown";

const MERGE_PATCH = "application/merge-patch+json";

/** One object of a kind. */
export interface Target {
  readonly kind: KindInfo;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** All of a kind: in the namespace, or with -A in all of them. */
export async function list(
  { kube, namespace, allNamespaces, signal, server }: Context,
  kind: KindInfo,
  labelSelector = "",
): Promise<readonly JsonObject[]> {
  const from = allNamespaces ? "" : namespace;
  const listed = await listAll(kube, { kind, namespace: from, labelSelector }, signal);
  if (listed === undefined) throw notServed(kind, server);
  return listed.items.filter(isObject);
}

/** The object; a CommandError where there is none. */
export async function read(context: Context, target: Target): Promise<JsonObject> {
  const { kube, signal } = context;
  return bodyOf(context, target, await kube({ path: pathOf(target), signal }));
}

/** The object after a JSON merge patch. */
export async function merge(
  context: Context,
  target: Target,
  patch: JsonObject,
): Promise<JsonObject> {
  const answer = await context.kube({
    method: "PATCH",
    path: pathOf(target),
    query: { fieldManager: "nopea-cli" },
    body: JSON.stringify(patch),
    contentType: MERGE_PATCH,
    signal: context.signal,
  });
  return bodyOf(context, target, answer);
}

function pathOf({ kind, namespace, name }: Target): string {
  return objectPath(kind, { namespace, name });
}

function bodyOf(context: Context, target: Target, answer: KubeAnswer): JsonObject {
  if (answer.status < 300) return answer.body;
  if (answer.status === 404) throw notFound(context, target);
  throw new CommandError(refusal(context, target, answer));
}

function notFound({ server }: Context, { kind, namespace, name }: Target): CommandError {
  const where = namespace === "" ? "" : ` in namespace ${namespace}`;
  const other = namespace === "" ? "" : ", or another namespace with -n";
  const what = `There is no ${kind.kind} ${name}${where} (${server}).`;
  return new CommandError(`${what}\nCheck the name${other}.`);
}

/** Of the kinds that nopea brings along. */
function notServed({ kind }: KindInfo, server: string): CommandError {
  return new CommandError(
    `The cluster at ${server} knows no ${kind}: nopea is not installed there.\nCheck --context and --kubeconfig, or install nopea (npx pepr deploy).`,
  );
}

function refusal(
  { server }: Context,
  { kind, namespace, name }: Target,
  answer: KubeAnswer,
): string {
  const place = namespace === "" ? name : `${namespace}/${name}`;
  const what = `${kind.kind} ${place}: the API server (${server}) answered ${answer.status}`;
  const why = oneLine(serverMessage(answer.body));
  const next = NEXT[answer.status];
  return `${what}${why === "" ? "" : `: ${why}`}${next === undefined ? "" : `\n${next}`}`;
}

const NEXT: Readonly<Record<number, string>> = {
  401: "The credentials of the kubeconfig are not accepted: log in again, or use another --context.",
  403: "Ask whoever runs the cluster for this right, or use another --context.",
  409: "Somebody else changed it at the same time: try again.",
};
