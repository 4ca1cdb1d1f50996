/** `npm run deploy`: `npx pepr deploy` into the current context, then waits until all of nopea is there. */
import { currentAccess } from "./current-access";
import { createKubeClient } from "./kube-client";
import { untilInstalled } from "./rollout";
import { runCommand } from "./run-command";

async function main(): Promise<void> {
  const access = await currentAccess();
  console.log(`Deploying into ${access.url} …`);
  await runCommand("npx", ["--no-install", "pepr", "deploy", "--yes"]);
  const kube = createKubeClient(access);
  try {
    await untilInstalled(kube);
  } finally {
    await kube.close();
  }
  console.log("nopea is there: pods are ready, definitions Established, webhooks configured.");
}

main().catch((error: unknown) => {
  console.error(`Not deployed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
