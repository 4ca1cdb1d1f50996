/** `npm run kind-up`: a cluster named nopea in kind (https://kind.sigs.k8s.io), to deploy into. */
import { spawnSync } from "node:child_process";
import { runCommand } from "./run-command";

async function main(): Promise<void> {
  const clusters = spawnSync("kind", ["get", "clusters"], { encoding: "utf8" });
  if (clusters.error) {
    throw new Error(
      "kind is not on the PATH: install it from https://kind.sigs.k8s.io, or deploy into any other cluster",
    );
  }
  if (clusters.status !== 0) {
    throw new Error(
      `kind cannot list its clusters; does Docker (or Podman) run? It says: ${clusters.stderr.trim()}`,
    );
  }
  if (clusters.stdout.split("\n").includes("nopea")) {
    await runCommand("kind", ["export", "kubeconfig", "--name", "nopea"]);
  } else {
    await runCommand("kind", ["create", "cluster", "--name", "nopea", "--wait", "120s"]);
  }
  console.log("The cluster is up, and the current context. Next: npm run deploy");
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
