/** Orders what is to be written, so that nothing comes before what it needs. */
import type { Plan, Step } from "../../model/plan";
import type { Verdict, Writing } from "../../model/verdict";

/** Kinds by the stage that they belong to; every other kind is of the third. */
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

/** Only verdicts that write become steps; within a stage the order is that of the verdicts. */
export function plan(
  verdicts: readonly Verdict[],
  { fieldManager, commit }: Pick<Plan, "fieldManager" | "commit">,
): Plan {
  const stages = STAGES.map((): Step[] => []);
  for (const verdict of verdicts) {
    if (isWriting(verdict)) stages[stageOf(verdict.desired.key.kind)]?.push(stepOf(verdict));
  }
  return { fieldManager, commit, stages: stages.filter(stage => stage.length > 0) };
}

/** True for a verdict that is carried out by a write. */
export function isWriting(verdict: Verdict): verdict is Writing {
  return verdict.action === "create" || verdict.action === "update" || verdict.action === "adopt";
}

function stageOf(kind: string): number {
  const stage = STAGES.findIndex(kinds => kinds.has(kind));
  return stage < 0 ? THIRD : stage;
}

function stepOf(verdict: Writing): Step {
  const { desired } = verdict;
  switch (verdict.action) {
    case "create":
      // unforced: should somebody have made the object meanwhile, the answer says so
      return { desired, force: false };
    case "update":
      return { desired, force: true, on: verdict.live };
    case "adopt":
      return { desired, force: verdict.force, on: verdict.live };
  }
}
