/** The lines that `npm start` prints for trying things in another terminal. */
import { dirname } from "node:path";
import type { ControlPlane } from "./control-plane";

export interface Situation {
  readonly controlPlane: ControlPlane;
  readonly namespace: string;
  readonly name: string;
  readonly webhook: { readonly url: string; readonly secret: string };
  /** The demo's clone address; absent where the user's repository is synced. */
  readonly demoUrl?: string;
}

/** Lines to copy, ready to be printed. */
export function instructions(situation: Situation): string {
  const { controlPlane, namespace, name, webhook, demoUrl } = situation;
  const demo = [
    `  kubectl edit deployment web -n ${namespace}`,
    "",
    "  git clone " + String(demoUrl) + " nopea-demo && cd nopea-demo",
    `  sed -i.bak 's/Hello from Git/Hello again/' deploy/settings.yaml && git commit -am "Say hello again" && git push`,
  ];
  return [
    "",
    "Everything runs. In another terminal:",
    "",
    `  export KUBECONFIG=${controlPlane.kubeconfig}`,
    `  export PATH=${dirname(controlPlane.kubectl)}:$PATH`,
    "  kubectl get gr -A",
    `  kubectl describe gr ${name} -n ${namespace}`,
    `  kubectl edit gr ${name} -n ${namespace}`,
    `  kubectl annotate gr ${name} -n ${namespace} --overwrite nopea.io/sync-at="$(date)"`,
    ...(demoUrl === undefined ? [] : demo),
    "",
    "What a Git server would send after a push, from a clone (it need not wait for the interval):",
    `  ${curl(webhook.url, webhook.secret)}`,
    "",
    `Logs: ${controlPlane.dir}/watcher.log and admission.log`,
    "There is no kubelet, so pods stay Pending; all else is real. Ctrl-C ends everything.",
    "",
  ].join("\n");
}

/** As GitLab sends it: the one signature that needs no program. */
function curl(url: string, secret: string): string {
  const headers = `-H 'X-Gitlab-Event: Push Hook' -H 'X-Gitlab-Token: ${secret}' -H 'Content-Type: application/json'`;
  const body = `"{\\"ref\\":\\"$(git symbolic-ref HEAD)\\",\\"after\\":\\"$(git rev-parse HEAD)\\"}"`;
  return `curl ${headers} -d ${body} ${url}`;
}
