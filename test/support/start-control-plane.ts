/** Global setup: one control plane with an audit log for all projects of a test run. */
import type { TestProject } from "vitest/node";
import { startControlPlane, type ControlPlane } from "../../src/local/control-plane";

declare module "vitest" {
  export interface ProvidedContext {
    /** What test workers need to reach the control plane: see cluster.ts. */
    controlPlane: { readonly dir: string; readonly kubectl: string };
  }
}

interface Shared {
  users: number;
  readonly starting: Promise<ControlPlane>;
}

// Each project loads this file by itself, but in one process: the global object is what they share.
const shelf = globalThis as { nopeaControlPlane?: Shared };

/** Starts the control plane, or joins the one that another project has started. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await sharedControlPlane();
  project.provide("controlPlane", { dir: controlPlane.dir, kubectl: controlPlane.kubectl });
  return async () => {
    const shared = shelf.nopeaControlPlane;
    if (shared === undefined) return;
    shared.users -= 1;
    if (shared.users > 0) return;
    delete shelf.nopeaControlPlane;
    await controlPlane.stop();
  };
}

/** The control plane of this test run, for other global setups. */
export function currentControlPlane(): Promise<ControlPlane> {
  if (shelf.nopeaControlPlane === undefined) throw new Error("no control plane has been started");
  return shelf.nopeaControlPlane.starting;
}

function sharedControlPlane(): Promise<ControlPlane> {
  shelf.nopeaControlPlane ??= {
    users: 0,
    starting: startControlPlane({ audit: "Request", say: line => console.log(line) }),
  };
  shelf.nopeaControlPlane.users += 1;
  return shelf.nopeaControlPlane.starting;
}
