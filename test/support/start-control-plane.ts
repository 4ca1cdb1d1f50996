/** Global setup: one control plane with an audit log for all projects of a test run. */
import type { TestProject } from "vitest/node";
import { startControlPlane, type ControlPlane } from "../../src/local/control-plane";
import { join, started } from "./shared";

declare module "vitest" {
  export interface ProvidedContext {
    /** What test workers need to reach the control plane: see cluster.ts. */
    controlPlane: { readonly dir: string; readonly kubectl: string };
  }
}

const NAME = "control plane";

/** Starts the control plane, or joins the one that another project has started. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { it, leave } = await join(NAME, () =>
    startControlPlane({ audit: "Request", say: line => console.log(line) }),
  );
  project.provide("controlPlane", { dir: it.dir, kubectl: it.kubectl });
  return leave;
}

/** The control plane of this test run, for other global setups. */
export function currentControlPlane(): Promise<ControlPlane> {
  return started<ControlPlane>(NAME);
}
