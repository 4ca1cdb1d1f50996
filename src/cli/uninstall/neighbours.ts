/** What of others is in Pepr's namespace, or needs Pepr's definition: then those two stay. */
import { listAll } from "../../adapters/kube/list";
import { isObject, type Json, type JsonObject } from "../../model/json";
import type { KindInfo } from "../../model/manifest";
import type { Context } from "../context";
import { part } from "../doctor/probe";
import {
  CONFIG_MAP,
  DEPLOYMENT,
  PEPR_STORE,
  PROCESSES,
  REST,
  SECRET,
  SERVICE,
  SYSTEM,
  type Part,
} from "./parts";

const STATEFUL = { ...DEPLOYMENT, kind: "StatefulSet", plural: "statefulsets" };
const DAEMON = { ...DEPLOYMENT, kind: "DaemonSet", plural: "daemonsets" };
const CLAIM = { ...SECRET, kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims" };

const OURS: ReadonlySet<string> = new Set(
  [...PROCESSES, ...REST].map(({ kind, name }: Part) => `${kind.kind} ${name}`),
);

/** Objects of others in the namespace: "Deployment pepr-other". */
export async function inNamespace(context: Context): Promise<readonly string[]> {
  const kinds = [DEPLOYMENT, STATEFUL, DAEMON, SERVICE, CLAIM, CONFIG_MAP, SECRET];
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
  { kube, signal }: Context,
  kind: KindInfo,
  namespace: string,
  labelSelector = "",
): Promise<readonly string[]> {
  const listed = await listAll(kube, { kind, namespace, labelSelector }, signal);
  return (listed?.items ?? [])
    .filter(isObject)
    .filter(item => !comesByItself(item))
    .map(item => `${kind.kind} ${textOf(part(item, "metadata").name)}`)
    .filter(name => !OURS.has(name));
}

/** Kubernetes puts these into every namespace. */
function comesByItself(item: JsonObject): boolean {
  const isToken = item.type === "kubernetes.io/service-account-token";
  return isToken || part(item, "metadata").name === "kube-root-ca.crt";
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
