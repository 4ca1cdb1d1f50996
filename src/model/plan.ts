/** What is to be written, in order. */
import type { Live } from "./live";
import type { Desired } from "./manifest";

/** One server-side apply. With `on`, it carries the uid and resourceVersion that it was decided on. */
export interface Step {
  readonly desired: Desired;
  readonly force: boolean;
  readonly on?: Pick<Live, "uid" | "resourceVersion">;
}

/** Steps of one stage may run at the same time; a stage begins when the one before it has ended. */
export interface Plan {
  readonly stages: readonly (readonly Step[])[];
  readonly fieldManager: string;
  /** Full SHA: what `nopea.io/applied` will name. */
  readonly commit: string;
}
