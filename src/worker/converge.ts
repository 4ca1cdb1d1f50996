/** Steps 4 to 8 of the walk: look, judge, plan, write; what moved meanwhile is looked at and judged again. */
import { classify } from "../core/sync/classify";
import { decide } from "../core/sync/decide";
import { failedBefore, remember, type Failures } from "../core/sync/failures";
import { isWriting, plan } from "../core/sync/plan";
import type { Observation } from "../model/observation";
import { kindId, type Desired, type KindInfo } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { StepOutcome } from "../model/outcome";
import { managingRepository, type OwnerMarks } from "../model/ownership";
import type { Verdict } from "../model/verdict";
import type { World } from "../ports";
import { claimsOf, findOwners } from "./owners";

export interface Convergence {
  readonly marks: OwnerMarks;
  readonly commit: string;
  readonly desired: readonly Desired[];
  /** Every kind in which objects of this repository may be. */
  readonly kinds: readonly KindInfo[];
  readonly failures: Failures;
  /** Called before the first write. */
  readonly beforeWrites: () => Promise<void>;
}

export interface Converged {
  readonly observation: Observation;
  /** The last verdict on each object, in the order of `desired`. */
  readonly verdicts: readonly Verdict[];
  /** The last outcome of each object that was written, by formatKey. */
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly failures: Failures;
}

/** So often an object may move under our hands before the sync says so and lets others go first. */
const ROUNDS = 5;

/** Rejects only when the cluster cannot be read or the signal is aborted. */
export async function converge(
  world: World,
  task: Convergence,
  signal: AbortSignal,
): Promise<Converged> {
  const verdicts = new Map<string, Verdict>();
  const outcomes = new Map<string, StepOutcome>();
  let observation: Observation | undefined;
  let failures = task.failures;
  let open = task.desired;
  for (let round = 1; open.length > 0 || observation === undefined; round++) {
    const seen = await look(world, task, { open, first: observation === undefined }, signal);
    observation ??= seen;
    const judged = await judge(world, { ...task, failures, open, outcomes, seen }, signal);
    for (const verdict of judged) verdicts.set(formatKey(verdict.desired.key), verdict);
    if (judged.some(isWriting)) await task.beforeWrites();
    const written = await world.cluster.execute(plan(judged, { ...task.marks, ...task }), signal);
    for (const outcome of written) outcomes.set(formatKey(outcome.desired.key), outcome);
    failures = remember(failures, written, world.clock.now());
    open = round < ROUNDS ? written.filter(isOpen).map(({ desired }) => desired) : [];
  }
  return { observation, verdicts: [...verdicts.values()], outcomes, failures };
}

function isOpen({ result }: StepOutcome): boolean {
  return result === "stale" || result === "contested";
}

interface Looking {
  readonly open: readonly Desired[];
  readonly first: boolean;
}

async function look(
  world: World,
  task: Convergence,
  { open, first }: Looking,
  signal: AbortSignal,
) {
  return world.cluster.observe(
    {
      labels: task.marks.labels,
      kinds: first ? task.kinds : [],
      sought: open,
      namespaces: first ? namespacesToCheck(task.desired) : [],
    },
    signal,
  );
}

/** Namespaces that objects go to, without those that this very commit makes. */
function namespacesToCheck(desired: readonly Desired[]): readonly string[] {
  const made = new Set(
    desired.filter(({ key }) => key.kind === "Namespace").map(({ key }) => key.name),
  );
  const used = new Set(desired.map(({ key }) => key.namespace));
  return [...used].filter(name => name !== "" && !made.has(name));
}

interface Judging extends Convergence {
  readonly open: readonly Desired[];
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly seen: Observation;
}

async function judge(
  world: World,
  task: Judging,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const { marks, seen, outcomes } = task;
  const contesters = (desired: Desired) => {
    const outcome = outcomes.get(formatKey(desired.key));
    return outcome?.result === "contested" ? outcome.managers : [];
  };
  const claims = claimsOf(seen, task.open.flatMap(contesters), marks);
  const exists = await findOwners(world, claims, signal);
  const now = world.clock.now();
  return task.open.map(desired => {
    const object = seen.objects.get(formatKey(desired.key));
    const contestedBy = contesters(desired);
    return decide({
      desired,
      namespace: seen.namespaces.get(desired.key.namespace) ?? "active",
      unavailable: seen.unavailable.get(kindId(desired.kind)),
      ...(object === undefined
        ? {}
        : { live: { object, standing: classify(object, marks, exists) } }),
      contestedBy,
      contestingRepository: contestedBy
        .flatMap(name => managingRepository(name) ?? [])
        .find(exists),
      failedBefore: failedBefore(task.failures, desired, now),
    });
  });
}
