/** When an installation is whole: pods, definitions and webhook configurations. */
import { eventually } from "./eventually";
import type { KubeClient } from "./kube-client";
import type { KubeObject } from "./kube-types";
import { peprName, peprNamespace } from "./pepr-manifest";

const MINUTE = 60_000;

/** Returns when all of it is there; fails after minutes with what is still missing. */
export async function untilInstalled(kube: KubeClient): Promise<void> {
  for (const name of [peprName, `${peprName}-watcher`]) {
    await eventually(() => requireRollout(kube, name), 3 * MINUTE, 500);
  }
  for (const plural of ["gitrepositories", "driftrecords"]) {
    await eventually(
      () => requireEstablished(kube, `${plural}.nopea.false.systems`),
      2 * MINUTE,
      200,
    );
  }
  for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]) {
    await kube.get({ apiVersion: "admissionregistration.k8s.io/v1", kind, name: peprName });
  }
}

/** All pods are of the newest template, and the old ones are gone: until then an old certificate may answer. */
async function requireRollout(kube: KubeClient, name: string): Promise<true> {
  const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace: peprNamespace, name };
  const { metadata, spec, status } = await kube.get<KubeObject & Rollout>(ref);
  const by = { namespace: peprNamespace, labelSelector: `app=${name}` };
  const pods = await kube.list("v1", "Pod", by);
  const isWhole =
    status.observedGeneration === metadata.generation &&
    [status.updatedReplicas, status.availableReplicas, pods.length].every(n => n === spec.replicas);
  if (isWhole) return true;
  const counts = `${status.updatedReplicas ?? 0} of ${spec.replicas} pods are new, ${status.availableReplicas ?? 0} available, ${pods.length} there`;
  throw new Error(`Deployment ${peprNamespace}/${name}: ${counts}`);
}

interface Rollout {
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

interface Definition extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

async function requireEstablished(kube: KubeClient, name: string): Promise<true> {
  const apiVersion = "apiextensions.k8s.io/v1";
  const { status } = await kube.get<Definition>({
    apiVersion,
    kind: "CustomResourceDefinition",
    name,
  });
  if (status?.conditions?.some(c => c.type === "Established" && c.status === "True")) return true;
  throw new Error(`CustomResourceDefinition ${name} is not Established`);
}
