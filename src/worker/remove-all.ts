/** Deletes what is to be made anew; each is decided on again when it is gone. */
import { ANNOTATION_RECREATE } from "../model/annotations";
import type { StepOutcome } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import type { World } from "../ports";
import { sideBySide } from "./side-by-side";

type Recreation = Extract<Verdict, { action: "recreate" }>;

const AT_ONCE = 16;

/** Tells one outcome for each. Exactly what was decided on goes: the deletion names its uid and resourceVersion. */
export async function removeAll(
  { cluster }: Pick<World, "cluster">,
  recreating: readonly Recreation[],
  told: (outcome: StepOutcome) => void,
  signal: AbortSignal,
): Promise<void> {
  await sideBySide(AT_ONCE, recreating, async verdict => {
    told(await removeOne(cluster, verdict, signal));
  });
}

async function removeOne(
  cluster: World["cluster"],
  { desired, live }: Recreation,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { key, kind } = desired;
  const outcome = await cluster.remove({ key, kind, on: live }, signal);
  switch (outcome.result) {
    case "removed":
    case "terminating":
      return { result: "removed", desired };
    case "stale":
      return { result: "stale", desired };
    case "failed": {
      const { code, message } = outcome.fault;
      const told = `it cannot be deleted to be made anew (${ANNOTATION_RECREATE}): ${message}`;
      return { result: "failed", desired, fault: { code, message: told } };
    }
  }
}
