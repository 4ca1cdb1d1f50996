/** Deployments, their pods, and Services: whether nopea runs, and can be reached. */
import type { Context } from "../context";
import { ok, problem, warning, type Finding } from "./finding";
import { part, parts } from "../api/fields";
import { probe, unreadable } from "./probe";

export const SYSTEM = "pepr-system";
const DEPLOYMENTS = ["pepr-nopea", "pepr-nopea-watcher"];
const MANY_RESTARTS = 3;

/** Both have to be available. */
export async function checkDeployments(context: Context): Promise<readonly Finding[]> {
  const found = await Promise.all(DEPLOYMENTS.map(name => checkDeployment(context, name)));
  return [...found, ...(await checkPods(context))];
}

async function checkDeployment(context: Context, name: string): Promise<Finding> {
  const check = `Deployment ${SYSTEM}/${name}`;
  const probed = await probe(context, deploymentPath(name));
  if (probed.state === "unreadable") return unreadable(check, probed.why);
  if (probed.state === "absent") return problem(check, "missing", "install nopea: npx pepr deploy");
  const available = part(probed.object, "status").availableReplicas;
  const count = typeof available === "number" ? available : 0;
  return count > 0
    ? ok(check, count === 1 ? "1 pod available" : `${count} pods available`)
    : problem(check, "no pod is available", `kubectl -n ${SYSTEM} describe deploy/${name}`);
}

/** Where the watcher's Deployment is. */
export function deploymentPath(name: string): string {
  return `/apis/apps/v1/namespaces/${SYSTEM}/deployments/${name}`;
}

async function checkPods(context: Context): Promise<readonly Finding[]> {
  const probed = await probe(context, `/api/v1/namespaces/${SYSTEM}/pods`);
  if (probed.state !== "found") return [];
  return parts(probed.object, "items").flatMap(pod => {
    const { name, labels } = part(pod, "metadata");
    const app = part({ labels }, "labels").app;
    if (typeof name !== "string" || typeof app !== "string" || !DEPLOYMENTS.includes(app))
      return [];
    const restarts = parts(pod.status, "containerStatuses")
      .map(({ restartCount }) => (typeof restartCount === "number" ? restartCount : 0))
      .reduce((sum, count) => sum + count, 0);
    if (restarts < MANY_RESTARTS) return [];
    const remedy = `kubectl -n ${SYSTEM} logs ${name} --previous`;
    return [warning(`Pod ${SYSTEM}/${name}`, `has restarted ${restarts} times`, remedy)];
  });
}

/** Pepr's, for admission, and nopea's own, for webhooks. */
export async function checkServices(context: Context): Promise<readonly Finding[]> {
  const remedies = {
    "pepr-nopea": "install nopea again: npx pepr deploy",
    nopea: "the watcher puts it in place when it starts: restart it",
  };
  return Promise.all(
    Object.entries(remedies).map(async ([name, remedy]) => {
      const check = `Service ${SYSTEM}/${name}`;
      const probed = await probe(context, `/api/v1/namespaces/${SYSTEM}/services/${name}`);
      if (probed.state === "unreadable") return unreadable(check, probed.why);
      return probed.state === "found" ? ok(check, "there") : problem(check, "missing", remedy);
    }),
  );
}
