/** Ends a Job as the job controller tells of it: there is no kubelet here. */
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually, type KubeClient } from "./cluster";

interface Job extends KubeObject {
  readonly status?: { readonly startTime?: string };
}

/** Its TTL removes it then. */
export async function finishJob(kube: KubeClient, ref: ObjectRef): Promise<void> {
  const now = new Date().toISOString();
  const condition = (type: string) => ({ type, status: "True", lastTransitionTime: now });
  await eventually(async () => {
    // it is the controller that tells when it began
    const { startTime } = (await kube.get<Job>(ref)).status ?? {};
    if (startTime === undefined) throw new Error("the Job has not begun");
    const status = {
      startTime,
      completionTime: now,
      active: 0,
      ready: 0,
      terminating: 0,
      succeeded: 1,
      uncountedTerminatedPods: null,
      conditions: [condition("SuccessCriteriaMet"), condition("Complete")],
    };
    await kube.patch(ref, { status }, "status");
    return true;
  }, 10_000);
}
