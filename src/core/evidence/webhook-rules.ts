/** The two webhook configurations that bring edits of managed objects, and nothing else, before nopea. */
import { LABEL_REPOSITORY } from "../../model/annotations";
import {
  EVIDENCE_CONFIGURATION,
  WITNESS_CONFIGURATION,
  type HookConfigurations,
  type HookPlan,
} from "../../model/hooks";
import type { JsonObject } from "../../model/json";
import { EVIDENCE_CONDITIONS, WITNESS_CONDITIONS } from "./hook-conditions";
import { hookable, rulesOf } from "./hook-rules";

/** Both, as they are to be; undefined where nothing is managed or Pepr can't be reached. */
export function webhookConfigurations(plan: HookPlan): HookConfigurations {
  const ready = { ...plan, kinds: hookable(plan.kinds) };
  if (ready.kinds.length === 0) return { evidence: undefined, witness: undefined };
  return { evidence: evidence(ready), witness: witness(ready) };
}

function evidence(plan: HookPlan): JsonObject | undefined {
  const { mutate: clientConfig, kinds } = plan;
  if (clientConfig === undefined) return undefined;
  const webhook = {
    ...common(plan, EVIDENCE_CONDITIONS),
    name: "evidence.nopea.io",
    clientConfig,
    rules: rulesOf(kinds, ["CREATE", "UPDATE"]),
    objectSelector: MANAGED,
    sideEffects: "None",
    // asked again after other hooks, we would take their changes for the person's, and stamp twice
    reinvocationPolicy: "Never",
  };
  return configuration("Mutating", EVIDENCE_CONFIGURATION, plan, [webhook]);
}

function witness(plan: HookPlan): JsonObject | undefined {
  const { validate: clientConfig, kinds } = plan;
  if (clientConfig === undefined) return undefined;
  const shared = {
    ...common(plan, WITNESS_CONDITIONS),
    clientConfig,
    // a DriftRecord is written
    sideEffects: "NoneOnDryRun",
  };
  const deletion = {
    ...shared,
    name: "deletion.nopea.io",
    rules: rulesOf(kinds, ["DELETE"]),
    objectSelector: MANAGED,
  };
  // a Scale has no labels
  const scale = {
    ...shared,
    name: "scale.nopea.io",
    rules: rulesOf(kinds, ["UPDATE"], "/scale"),
    objectSelector: {},
  };
  return configuration("Validating", WITNESS_CONFIGURATION, plan, [deletion, scale]);
}

/** Matches if the old or the new version has the label: its removal is seen too. */
const MANAGED = { matchExpressions: [{ key: LABEL_REPOSITORY, operator: "Exists" }] };

/** A Namespace is asked for its own labels. */
const NAMESPACES = {
  matchExpressions: [
    {
      key: "kubernetes.io/metadata.name",
      operator: "NotIn",
      values: ["kube-system", "pepr-system"],
    },
  ],
};

/** Nobody waits for nopea for longer than a second, or is refused because of it. */
function common({ withConditions }: HookPlan, matchConditions: readonly JsonObject[]): JsonObject {
  return {
    namespaceSelector: NAMESPACES,
    ...(withConditions ? { matchConditions } : {}),
    matchPolicy: "Equivalent",
    failurePolicy: "Ignore",
    timeoutSeconds: 1,
    admissionReviewVersions: ["v1"],
  };
}

function configuration(
  type: "Mutating" | "Validating",
  name: string,
  { owner }: HookPlan,
  webhooks: readonly JsonObject[],
): JsonObject {
  const clusterRole = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" };
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: `${type}WebhookConfiguration`,
    metadata: {
      name,
      labels: { "app.kubernetes.io/name": "nopea" },
      ...(owner === undefined ? {} : { ownerReferences: [{ ...clusterRole, ...owner }] }),
    },
    webhooks,
  };
}
