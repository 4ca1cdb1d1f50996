/** Carries out a plan: stage after stage, the steps of a stage side by side. */
import type { StepOutcome } from "../../model/outcome";
import type { Plan, Step } from "../../model/plan";
import { apply } from "./apply";
import type { Kube } from "./client";
import type { Discovery } from "./discovery";
import { definitionsNeeded, waitUntilServed } from "./served";

/** Steps in flight; the pool of connections holds a few more for status writes. */
const SIDE_BY_SIDE = 16;

/** One outcome a step; once the API server does not answer, what is left is not tried. Rejects when aborted. */
export async function execute(
  kube: Kube,
  discovery: Discovery,
  plan: Plan,
  signal: AbortSignal,
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const stage of plan.stages) {
    // API servers take seconds to serve large definitions: only what needs them waits
    const needed = definitionsNeeded(outcomes, stage);
    await waitUntilServed(kube, discovery, needed, signal);
    const progress = { outcomes: [...outcomes], signal };
    outcomes.push(
      ...(await sideBySide(stage, step => applyUnlessDown(kube, step, plan, progress))),
    );
  }
  return outcomes;
}

interface Progress {
  readonly outcomes: StepOutcome[];
  readonly signal: AbortSignal;
}

async function applyUnlessDown(kube: Kube, step: Step, plan: Plan, { outcomes, signal }: Progress) {
  signal.throwIfAborted();
  const down = outcomes.find(isDown);
  if (down !== undefined) return { ...down, desired: step.desired };
  const outcome = await apply(kube, step, plan, signal);
  if (isDown(outcome)) outcomes.push(outcome);
  return outcome;
}

function isDown(outcome: StepOutcome): outcome is Extract<StepOutcome, { result: "failed" }> {
  return outcome.result === "failed" && outcome.fault.code === "cluster-unreachable";
}

async function sideBySide<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, worker));
  return results;
}
