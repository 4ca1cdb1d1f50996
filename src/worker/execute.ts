/** Step 8 of the walk: writes, and learns from each answer at once, before a watch tells of it. */
import type { Known } from "../core/drift/known";
import { leftovers } from "../core/drift/leftovers";
import type { Reader } from "../core/drift/snapshot";
import { plan } from "../core/sync/plan";
import type { Account } from "../model/account";
import type { FieldPath } from "../model/field-path";
import { formatKey } from "../model/object-key";
import type { Manifest } from "../model/manifest";
import type { StepOutcome } from "../model/outcome";
import type { Step } from "../model/plan";
import type { Writing } from "../model/verdict";
import type { ApplyResult, World } from "../ports";
import type { Knowledge } from "./knowledge";
import { learn } from "./learn";

export interface Executing {
  readonly writing: readonly Writing[];
  readonly knowledge: Knowledge;
  readonly reader: Reader;
  readonly commit: string;
  readonly account: Account | undefined;
  /** Told of each write as soon as it is answered. */
  readonly executed: (executed: Executed) => void;
}

export interface Executed {
  readonly outcome: StepOutcome;
  /** Fields that Git dropped and that are still there, since only a hand holds them. */
  readonly leftovers: readonly FieldPath[];
}

/** Tells of one for each verdict. The whole objects of the answers are not kept. */
export async function execute(
  world: World,
  { writing, knowledge, reader, commit, account, executed }: Executing,
  signal: AbortSignal,
): Promise<void> {
  const planned = plan(writing, { reader, commit, account, pastOf: id => knowledge.get(id) ?? {} });
  const steps = new Map(planned.stages.flat().map(step => [formatKey(step.desired.key), step]));
  const ends = new Map([...steps.keys()].map(id => [id, knowledge.hold(id)]));
  const told = (outcome: StepOutcome) => {
    const id = formatKey(outcome.desired.key);
    world.metrics.applied(resultOf(outcome));
    const left = take(outcome, { step: steps.get(id), knowledge, reader, now: world.clock.now() });
    executed({ outcome: withoutObject(outcome), leftovers: left });
    ends.get(id)?.();
  };
  try {
    await world.cluster.execute(planned, told, signal);
  } finally {
    for (const end of ends.values()) end();
  }
}

function resultOf(outcome: StepOutcome): ApplyResult {
  if (outcome.result !== "applied") return outcome.result;
  if (outcome.created) return "created";
  return outcome.changed ? "changed" : "unchanged";
}

interface Taking {
  readonly step: Step | undefined;
  readonly knowledge: Knowledge;
  readonly reader: Reader;
  readonly now: number;
}

function take(outcome: StepOutcome, { step, knowledge, reader, now }: Taking) {
  if (step === undefined) return [];
  const id = formatKey(step.desired.key);
  if (outcome.result === "released") knowledge.see(step.desired.kind, outcome.sighting);
  if (outcome.result !== "applied") return [];
  const before = knowledge.get(id);
  const { sighting } = outcome;
  knowledge.set(id, learn({ step, sighting, before, now }, reader));
  const base = before && oldestBase(before);
  if (base === undefined) return [];
  const { object: answer } = sighting;
  return leftovers({ base, desired: step.manifest, answer }, reader);
}

/** Of what an apply whose answer was lost has left behind, the base before that one tells. */
function oldestBase({ unheard, base }: Known): Manifest | undefined {
  return unheard?.base ?? base;
}

const EMPTY = {};

/** A thousand whole objects are a lot of memory. */
function withoutObject(outcome: StepOutcome): StepOutcome {
  if (outcome.result !== "applied" && outcome.result !== "released") return outcome;
  return { ...outcome, sighting: { live: outcome.sighting.live, object: EMPTY } };
}
