/** The benchmark's world: a control plane, a Git server and nopea's two processes, all of them on loopback. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildModule } from "../../src/local/build-module";
import { startControlPlane } from "../../src/local/control-plane";
import { startGitServer } from "../../src/local/git-server";
import { createKubeClient } from "../../src/local/kube-client";
import { startNopea } from "../../src/local/nopea";
import { projectRoot } from "../../src/local/paths";
import type { Bench } from "./part";

export interface BenchWorld
  extends Pick<Bench, "controlPlane" | "kube" | "auditLog" | "git" | "nopea"> {
  stop(): Promise<void>;
}

/** Builds the module and starts everything; stop it, whatever happens. */
export async function startWorld(
  say: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchWorld> {
  await buildModule(projectRoot, say);
  const controlPlane = await startControlPlane({ audit: "Metadata", say });
  const directory = await mkdtemp(join(tmpdir(), "nopea-bench-"));
  const git = await startGitServer(directory);
  const kube = createKubeClient(controlPlane.admin);
  const close = async () => {
    await Promise.all([kube.close(), git.stop()]);
    await controlPlane.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const nopea = await startNopea({ controlPlane, env });
    const stop = () => nopea.stop().finally(close);
    return { controlPlane, kube, auditLog: controlPlane.auditLog ?? "", git, nopea, stop };
  } catch (error) {
    await close();
    throw error;
  }
}
