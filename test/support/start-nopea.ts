/** Global setup of the end-to-end tests: the module built and both Pepr processes running, with a remote control. */
import type { TestProject } from "vitest/node";
import { buildModule } from "../../src/local/build-module";
import { startNopea } from "../../src/local/nopea";
import { projectRoot } from "../../src/local/paths";
import { startRemoteControl } from "./remote-control";
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
    };
  }
}

/** Starts the pair on the control plane that the setup before this one has started. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildModule(projectRoot, line => console.log(line));
  const nopea = await startNopea({ controlPlane: await currentControlPlane() });
  const control = await startRemoteControl({
    watcher: nopea.watcher,
    admission: nopea.admission,
  });
  project.provide("nopea", {
    httpUrl: nopea.httpUrl,
    webhookSecret: nopea.webhookSecret,
    controlUrl: control.url,
    watcherLog: nopea.watcher.log,
    admissionLog: nopea.admission.log,
  });
  return async () => {
    await control.stop();
    await nopea.stop();
  };
}
