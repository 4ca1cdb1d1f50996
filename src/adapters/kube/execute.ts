/** Carries out a plan: stage after stage, the steps of a stage side by side. */
import type { StepOutcome } from "../../model/outcome";
import type { Plan, Step } from "../../model/plan";
import { apply } from "./apply";
import { actingAs, type Kube } from "./client";
import type { Discovery } from "./discovery";
import { definitionsNeeded, waitUntilServed } from "./served";

/** Steps in flight; the pool of connections holds a few more for status writes. */
const SIDE_BY_SIDE = 16;

/**
 * One outcome a step, told as soon as it is known; once the API server does not answer, what is left is not tried.
 * Rejects when aborted, and tells nothing afterwards.
 */
export async function execute(
  { kube, discovery }: Executing,
  plan: Plan,
  told: (outcome: StepOutcome) => void,
  signal: AbortSignal,
): Promise<void> {
  // what is held of the outcomes is little: each comes with a whole object
  const done: Pick<StepOutcome, "result" | "desired">[] = [];
  let down: Failed | undefined;
  const writer = actingAs(kube, plan.account);

  async function carryOut(step: Step): Promise<void> {
    signal.throwIfAborted();
    const { desired } = step;
    const outcome = down ? { ...down, desired } : await apply(writer, step, plan, signal);
    if (isDown(outcome)) down = outcome;
    done.push({ result: outcome.result, desired });
    told(outcome);
  }

  for (const stage of plan.stages) {
    // API servers take seconds to serve large definitions: only what needs them waits
    const needed = definitionsNeeded(done, stage);
    await waitUntilServed(kube, discovery, needed, signal);
    await sideBySide(stage, carryOut);
  }
}

export interface Executing {
  readonly kube: Kube;
  readonly discovery: Discovery;
}

type Failed = Extract<StepOutcome, { result: "failed" }>;

function isDown(outcome: StepOutcome): outcome is Failed {
  return outcome.result === "failed" && outcome.fault.code === "cluster-unreachable";
}

/** Rejects as the first one did, when all have ended. */
async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  const workers = Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, worker);
  for (const result of await Promise.allSettled(workers)) {
    if (result.status === "rejected") throw result.reason;
  }
}
