/** The admission process: values that the hook decides by, kept at hand so that no request to it has to ask for them. */
import { clock } from "../adapters/clock";
import { createIds } from "../adapters/ids";
import { followRepositories } from "../adapters/kube/follow-repositories";
import { createSealer } from "../adapters/seal";
import { sha256 } from "../adapters/sha256";
import { createGate, type Gate } from "../worker/gate";
import { createPolicies } from "../worker/policies";
import { connect } from "./connect";
import { createSettings } from "./settings";
import type { Shell } from "./shell";
import { untilDone } from "./until-done";

/** Returns at once: what is not known yet is left out of evidence and warnings, and nobody waits for it. */
export function openGate(shell: Shell): Gate {
  const { log, metrics } = shell;
  const policies = createPolicies(sha256);
  let settings: ReturnType<typeof createSettings> | undefined;
  void untilDone(shell, "knowledge of repositories", async () => {
    const { kube, stream } = await connect();
    settings ??= createSettings(kube, log, shell.life);
    followRepositories({ kube, stream, told: policies, log, life: shell.life });
    await learnSettings(shell, settings);
  });
  const sealer = createSealer(() => settings?.sealKey());
  return createGate({
    clock,
    newId: createIds(() => clock.now()),
    seal: sealer.seal,
    showValues: () => settings?.known()?.showValues ?? "safe",
    repositoryOf: labels => policies.of(labels)?.managing,
    failed: (hook, error) => {
      metrics.hookFailed(hook);
      log.error({ hook, error: error instanceof Error ? error.stack : String(error) }, "hook failed");
    },
  });
}

/** The watcher makes the key of the seal when it starts. */
async function learnSettings(shell: Shell, settings: ReturnType<typeof createSettings>) {
  await untilDone(shell, "settings read", async () => {
    await settings.read();
    if (settings.sealKey() === undefined) throw new Error("the watcher has made no key yet");
  });
  void settings.follow(() => undefined);
}
