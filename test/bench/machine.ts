/** Where figures come from: the machine, how busy it was, and the versions of what was measured. */
import { execFile } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ControlPlane } from "../../src/local/control-plane";
import type { KubeClient } from "../../src/local/kube-client";
import { projectRoot } from "../../src/local/paths";

const run = promisify(execFile);

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly node: string;
  readonly kubernetes: string;
  readonly etcd: string;
  readonly commit: string;
}

/** "unknown" for what cannot be told. */
export async function describeMachine(
  controlPlane: Pick<ControlPlane, "kubectl">,
  kube: KubeClient,
): Promise<Machine> {
  const { gitVersion } = await kube.call<{ gitVersion: string }>({
    method: "GET",
    path: "/version",
  });
  const git = (...args: readonly string[]) => output("git", ["-C", projectRoot, ...args]);
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  const commit = (await git("rev-parse", "--short=12", "HEAD")) || "unknown";
  // the programs of the control plane lie side by side
  const etcd = await output(join(dirname(controlPlane.kubectl), "etcd"), ["--version"]);
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    kubernetes: gitVersion,
    etcd: /etcd Version: (\S+)/.exec(etcd)?.[1] ?? "unknown",
    commit: changes === "" ? commit : `${commit} with changes`,
  };
}

/** What ran on it in the last minute, on average: above the number of cores, figures are those of a busy machine. */
export function loadNow(): number {
  return loadavg()[0] ?? NaN;
}

/** One line of Markdown. */
export function machineLine(machine: Machine, loads: readonly number[]): string {
  const { cpu, cores, memoryGigabytes, node, kubernetes, etcd, commit } = machine;
  const [least, most] = [Math.min(...loads), Math.max(...loads)].map(load => load.toFixed(1));
  return [
    `${cores} cores of ${cpu}, ${memoryGigabytes} GiB`,
    `Node ${node}`,
    `Kubernetes ${kubernetes}`,
    `etcd ${etcd}`,
    `nopea ${commit}`,
    `load average ${least} – ${most}`,
  ].join("; ");
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, args).catch(() => ({ stdout: "" }));
  return stdout.trim();
}
