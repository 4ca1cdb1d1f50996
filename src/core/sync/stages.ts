/** In which order kinds come and go: nothing is there before what it needs, or after it. */
import type { ObjectKey } from "../../model/object-key";

/** Kinds by the stage that they are written in; every other kind is of the third. */
const STAGES: readonly ReadonlySet<string>[] = [
  new Set(["Namespace", "CustomResourceDefinition"]),
  new Set([
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "IngressClass",
    "LimitRange",
    "NetworkPolicy",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PriorityClass",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "RuntimeClass",
    "Secret",
    "ServiceAccount",
    "StorageClass",
  ]),
  new Set(),
  // what can stand in the way of every other write comes last
  new Set(["APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]),
];
const THIRD = 2;

type Kind = Pick<ObjectKey, "group" | "kind">;

/** 0 is written first. */
export function stageOf({ kind }: Pick<ObjectKey, "kind">): number {
  const stage = STAGES.findIndex(kinds => kinds.has(kind));
  return stage < 0 ? THIRD : stage;
}

/** How many stages there are. */
export const STAGE_COUNT = STAGES.length;

/** What serves others' kinds; whoever is served by it has to go before. */
const DEFINING = new Set(["CustomResourceDefinition", "APIService"]);

/** Custom resources go before the programs that take their finalizers off, and those before what they run on. */
const CUSTOM = 1;
const LAST = 4;

/** 0 is deleted first: webhooks, custom resources, workloads, what these run on, definitions and namespaces. */
export function removalStageOf({ group, kind }: Kind): number {
  if (DEFINING.has(kind) || kind === "Namespace") return LAST;
  if (stageOf({ kind }) > THIRD) return 0;
  if (stageOf({ kind }) < THIRD) return LAST - 1;
  return isCustom(group) ? CUSTOM : CUSTOM + 1;
}

/** How many stages of deletion there are. */
export const REMOVAL_STAGE_COUNT = LAST + 1;

/** Kubernetes' own groups are words (`apps`), or end in k8s.io. */
function isCustom(group: string): boolean {
  return group.includes(".") && !group.endsWith(".k8s.io");
}
