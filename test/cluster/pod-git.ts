/** A Git server that pods of the cluster reach. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { createBareRepository, type GitRepository } from "../../src/local/git-repository";
import type { KubeClient } from "../../src/local/kube-client";
import { projectRoot } from "../../src/local/paths";

export interface PodGit {
  /** Makes a repository; `url` is the one that pods use. */
  create(name: string): Promise<GitRepository & { readonly url: string }>;
  stop(): void;
}

/**
 * Serves Git at an address of a node: that of NOPEA_TEST_GIT_HOST (an address of this machine that pods reach, such as
 * the bridge of kind or k3d), else the node's own, inside the node's network namespace, whose process id stands in
 * init.pid beside the kubeconfig.
 */
export async function servePods(kube: KubeClient): Promise<PodGit> {
  const directory = mkdtempSync(join(tmpdir(), "nopea-git-"));
  const host = process.env.NOPEA_TEST_GIT_HOST ?? (await nodeAddress(kube));
  const { command, args } = enter(process.env.NOPEA_TEST_GIT_HOST === undefined);
  const script = join("test", "cluster", "git-server.ts");
  const server = spawn(command, [...args, "--import", "tsx", script, directory, host], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await firstLine(server);
  return {
    create: async name => ({
      ...(await createBareRepository(directory, `${name}.git`)),
      url: `${url}/${name}.git`,
    }),
    stop: () => void server.kill(),
  };
}

function enter(node: boolean): { readonly command: string; readonly args: readonly string[] } {
  if (!node) return { command: process.execPath, args: [] };
  const file = join(dirname(process.env.KUBECONFIG ?? ""), "init.pid");
  if (!existsSync(file)) {
    throw new Error(
      "pods must reach a Git server: set NOPEA_TEST_GIT_HOST to an address of this machine",
    );
  }
  const pid = readFileSync(file, "utf8").trim();
  return { command: "nsenter", args: ["-t", pid, "-n", process.execPath] };
}

async function nodeAddress(kube: KubeClient): Promise<string> {
  const [node] = await kube.list("v1", "Node");
  const { addresses = [] } = (node?.status ?? {}) as {
    addresses?: { type: string; address: string }[];
  };
  const internal = addresses.find(({ type }) => type === "InternalIP");
  if (internal === undefined) throw new Error("no node with an InternalIP");
  return internal.address;
}

function firstLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (server.stdout) createInterface(server.stdout).once("line", resolve);
    server.once("error", reject);
    server.once("exit", code => reject(new Error(`the Git server ended with ${String(code)}`)));
  });
}
