/** Global setup of the end-to-end tests: the module built and both Pepr processes running, with a remote control. */
import type { TestProject } from "vitest/node";
import { buildModule } from "../../src/local/build-module";
import { startNopea } from "../../src/local/nopea";
import { projectRoot } from "../../src/local/paths";
import { startRemoteControl } from "./remote-control";
import { join } from "./shared";
import { currentControlPlane } from "./start-control-plane";

declare module "vitest" {
  export interface ProvidedContext {
    /** The running pair: see nopea.ts. */
    nopea: {
      readonly httpUrl: string;
      readonly webhookSecret: string;
      readonly controlUrl: string;
      readonly watcherLog: string;
      readonly admissionLog: string;
      /** Files of other tests use it at the same time: it must not be stopped. */
      readonly isShared: boolean;
    };
  }
}

/** Starts the pair on the control plane that the setup before this one has started, or joins it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { it, leave } = await join("nopea", startPair);
  const { nopea, control } = it;
  project.provide("nopea", {
    httpUrl: nopea.httpUrl,
    webhookSecret: nopea.webhookSecret,
    controlUrl: control.url,
    watcherLog: nopea.watcher.log,
    admissionLog: nopea.admission.log,
    isShared: project.name === "e2e-beside",
  });
  return leave;
}

async function startPair() {
  await buildModule(projectRoot, line => console.log(line));
  const nopea = await startNopea({ controlPlane: await currentControlPlane() });
  const control = await startRemoteControl({
    watcher: nopea.watcher,
    admission: nopea.admission,
  });
  const stop = async () => {
    await control.stop();
    await nopea.stop();
  };
  return { nopea, control, stop };
}
