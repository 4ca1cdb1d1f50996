/** Everything that an installation of nopea consists of, in the order in which it goes. */
import { EVIDENCE_CONFIGURATION, WITNESS_CONFIGURATION } from "../../model/hooks";
import type { KindInfo } from "../../model/manifest";

export interface Part {
  readonly kind: KindInfo;
  readonly namespace: string;
  readonly name: string;
}

export const SYSTEM = "pepr-system";

const cluster = (apiVersion: string, kind: string, plural: string): KindInfo => ({
  apiVersion,
  kind,
  plural,
  namespaced: false,
});
const namespaced = (apiVersion: string, kind: string, plural: string): KindInfo => ({
  ...cluster(apiVersion, kind, plural),
  namespaced: true,
});

const RBAC = "rbac.authorization.k8s.io/v1";
const ADMISSION = "admissionregistration.k8s.io/v1";
const MUTATING = cluster(
  ADMISSION,
  "MutatingWebhookConfiguration",
  "mutatingwebhookconfigurations",
);
const VALIDATING = cluster(
  ADMISSION,
  "ValidatingWebhookConfiguration",
  "validatingwebhookconfigurations",
);
const DEFINITION = cluster(
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition",
  "customresourcedefinitions",
);
const NAMESPACE = cluster("v1", "Namespace", "namespaces");
export const DEPLOYMENT = namespaced("apps/v1", "Deployment", "deployments");
export const PEPR_STORE = namespaced("pepr.dev/v1", "PeprStore", "peprstores");
const SECRET = namespaced("v1", "Secret", "secrets");
const CONFIG_MAP = namespaced("v1", "ConfigMap", "configmaps");
const SERVICE = namespaced("v1", "Service", "services");

function all(kind: KindInfo, ...names: readonly string[]): readonly Part[] {
  const namespace = kind.namespaced ? SYSTEM : "";
  return names.map(name => ({ kind, namespace, name }));
}

/** While they go, a running watcher takes its finalizers off. */
export const DEFINITIONS = all(
  DEFINITION,
  "gitrepositories.nopea.false.systems",
  "driftrecords.nopea.false.systems",
);

/** Whoever could put things back. */
export const PROCESSES = all(DEPLOYMENT, "pepr-nopea-watcher", "pepr-nopea");

/** Webhook configurations go before what serves them, and what the processes may do goes last. */
export const REST = [
  ...all(MUTATING, EVIDENCE_CONFIGURATION, "pepr-nopea"),
  ...all(VALIDATING, WITNESS_CONFIGURATION, "pepr-nopea"),
  ...all(SERVICE, "nopea", "pepr-nopea", "pepr-nopea-watcher"),
  ...all(PEPR_STORE, "pepr-nopea-store", "pepr-nopea-schedule"),
  ...all(CONFIG_MAP, "nopea"),
  ...all(SECRET, "nopea", "pepr-nopea-api-path", "pepr-nopea-tls", "pepr-nopea-module"),
  ...all(namespaced(RBAC, "RoleBinding", "rolebindings"), "pepr-nopea-store"),
  ...all(namespaced(RBAC, "Role", "roles"), "pepr-nopea-store"),
  ...all(cluster(RBAC, "ClusterRoleBinding", "clusterrolebindings"), "pepr-nopea"),
  ...all(cluster(RBAC, "ClusterRole", "clusterroles"), "pepr-nopea"),
  ...all(namespaced("v1", "ServiceAccount", "serviceaccounts"), "pepr-nopea", "pepr-nopea-store"),
];

/** Pepr's own, which other modules may need. */
export const PEPRS_DEFINITION: Part = {
  kind: DEFINITION,
  namespace: "",
  name: "peprstores.pepr.dev",
};
export const PEPRS_NAMESPACE: Part = { kind: NAMESPACE, namespace: "", name: SYSTEM };
