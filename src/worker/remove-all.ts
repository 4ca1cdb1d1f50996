/** Deletes what is to be made anew; each is decided on again when it is gone. */
import { ANNOTATION_RECREATE } from "../model/annotations";
import type { Account } from "../model/account";
import type { StepOutcome } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import type { World } from "../ports";
import { remove } from "./remove";
import { sideBySide } from "./side-by-side";

type Recreation = Extract<Verdict, { action: "recreate" }>;

export interface Recreating {
  readonly recreating: readonly Recreation[];
  /** Whoever deletes; undefined: nopea itself. */
  readonly account: Account | undefined;
}

const AT_ONCE = 16;

/** Tells one outcome for each. Exactly what was decided on goes: the deletion names its uid and resourceVersion. */
export async function removeAll(
  world: Pick<World, "cluster" | "metrics">,
  { recreating, account }: Recreating,
  told: (outcome: StepOutcome) => void,
  signal: AbortSignal,
): Promise<void> {
  await sideBySide(AT_ONCE, recreating, async verdict => {
    told(await removeOne(world, verdict, account, signal));
  });
}

async function removeOne(
  world: Pick<World, "cluster" | "metrics">,
  { desired, live }: Recreation,
  account: Account | undefined,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { key, kind } = desired;
  const outcome = await remove(world, { key, kind, on: live, account }, signal);
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
