/** How kinds are served, as far as that can be known without asking a cluster. */
import { declaredKinds } from "../../core/sync/declared-kinds";
import { groupOf, kindId, type Declared, type KindInfo } from "../../model/manifest";

const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterTrustBundle",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "IngressClass",
  "IPAddress",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PodSecurityPolicy",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceSlice",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "StorageVersion",
  "StorageVersionMigration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
  "VolumeAttributesClass",
]);

const OWN_GROUPS: ReadonlySet<string> = new Set(["", "apps", "autoscaling", "batch", "policy"]);
/** Groups of Kubernetes itself; others under k8s.io belong to add-ons, whose kinds may be either. */
const CORE_K8S_GROUPS: ReadonlySet<string> = new Set(
  [
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "internal.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
    "storagemigration",
  ].map(group => `${group}.k8s.io`),
);

/** By kindId: the built-in ones among the declared kinds, and those whose definitions are declared too. */
export function kindsWithoutCluster(declared: readonly Declared[]): ReadonlyMap<string, KindInfo> {
  const builtIn = declared.flatMap(({ manifest: { apiVersion, kind } }): readonly KindInfo[] => {
    const group = groupOf(apiVersion);
    if (!OWN_GROUPS.has(group) && !CORE_K8S_GROUPS.has(group)) return [];
    // the plural is for requests, and none is made
    return [{ apiVersion, kind, plural: "", namespaced: !CLUSTER_SCOPED.has(kind) }];
  });
  return new Map([...declaredKinds(declared), ...builtIn].map(kind => [kindId(kind), kind]));
}
