/** Steps 4 to 8 of the walk: look, judge, plan, write; what moved meanwhile is looked at and judged again. */
import { classify } from "../core/sync/classify";
import { needsWhole } from "../core/heal/ignored";
import { remember } from "../core/sync/failures";
import { isEditedWrite } from "../core/heal/next-episode";
import { isWriting } from "../core/sync/plan";
import type { Account } from "../model/account";
import { asksToRecreate } from "../core/sync/recreate";
import { mayBeMended } from "../core/sync/wants";
import type { Observation } from "../model/observation";
import { kindId, type Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import { hasWritten, stillHalf, type StepOutcome } from "../model/outcome";
import type { Fault, Verdict } from "../model/verdict";
import type { World } from "../ports";
import type { BaseOf } from "./bases";
import { execute, type Executed } from "./execute";
import { judge, type Evidence, type Judged } from "./judge";
import type { Standpoint } from "./judging";
import type { Progress } from "./progress";
import { recollect } from "./recollect";
import { removeAll } from "./remove-all";

export interface Convergence extends Standpoint {
  readonly commit: string;
  /** Whoever writes; undefined: nopea itself. */
  readonly account: Account | undefined;
  /** What is to be looked at: all of it, or what has changed in the cluster. */
  readonly desired: readonly Desired[];
  readonly baseOf: BaseOf;
  /** Called before the first write. */
  readonly beforeWrites: () => Promise<void>;
  /** Called as an object that somebody has edited is written, before the answer: afterwards only a record knows of it. */
  readonly beforeEdited: (judged: Judged) => void;
}

/** So often an object may move under our hands before the sync says so and lets others go first. */
const ROUNDS = 5;

/** So long the cluster has to take in what was written: a quota's new limit, a role, a webhook. */
const TAKEN_IN_MS = 1_000;

/** Rejects only when the cluster cannot be read or the signal is aborted: `progress` tells what was done by then. */
export async function converge(
  world: World,
  task: Convergence,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await decideAll(world, task, progress, signal);
  const wanting = wantingOf(task, progress);
  if (wanting.length === 0) return;
  await world.clock.sleep(TAKEN_IN_MS, signal);
  const kinds = new Set(wanting.map(({ kind }) => kindId(kind)));
  const unavailable = new Map([...progress.unavailable].filter(([id]) => !kinds.has(id)));
  for (const { key } of wanting) progress.retried.add(formatKey(key));
  progress.unavailable = unavailable;
  await decideAll(world, { ...task, desired: wanting, unavailable }, progress, signal);
}

/** What the rest of the walk may have mended. */
function wantingOf({ desired }: Convergence, progress: Progress): readonly Desired[] {
  const { verdicts, outcomes, failures } = progress;
  const written = [...outcomes.values()].flatMap(outcome =>
    outcome.result === "applied" && outcome.changed ? [outcome.desired] : [],
  );
  return desired.filter(({ key }) => {
    const id = formatKey(key);
    const times = failures.get(id)?.times ?? 0;
    return mayBeMended({ verdict: verdicts.get(id), outcome: outcomes.get(id), times }, written);
  });
}

async function decideAll(
  world: World,
  task: Convergence,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const forbidden = await findForbidden(world, task, signal);
  let open = task.desired;
  for (let round = 1; open.length > 0 && round <= ROUNDS; round++) {
    const allowed = open.filter(({ key }) => !forbidden.has(formatKey(key)));
    const seen = await look(world, task, { open: allowed, first: round === 1 }, signal);
    progress.unavailable = new Map([...progress.unavailable, ...seen.unavailable]);
    const ours = allowed.filter(desired => isOurs(task, desired));
    await recollect(world, { ...task, desired: ours }, signal);
    const judged = await judge(world, { ...task, ...progress, open, forbidden, seen }, signal);
    for (const { verdict, evidence } of judged) keep(progress, verdict, evidence);
    open = await write(world, task, { judged, progress }, signal);
  }
}

/** Before anything is looked at. What is nopea's own to write, is asked of the API server with the write. */
function findForbidden(
  { cluster }: Pick<World, "cluster">,
  { account, desired }: Convergence,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fault>> {
  if (account === undefined) return Promise.resolve(new Map());
  return cluster.forbidden(account, desired, signal);
}

interface Looking {
  readonly open: readonly Desired[];
  readonly first: boolean;
}

/** What a write has just healed was an edit, also if the same object is written once more. */
function keep({ verdicts, evidence, outcomes }: Progress, verdict: Verdict, found: Evidence): void {
  const id = formatKey(verdict.desired.key);
  const isWritten = hasWritten(outcomes.get(id));
  // what came too late says nothing about what is decided now
  if (!isWritten) outcomes.delete(id);
  const drift = verdict.drift ?? (isWritten ? verdicts.get(id)?.drift : undefined);
  verdicts.set(id, drift === undefined ? verdict : { ...verdict, drift });
  if (!isWritten) evidence.set(id, withStamp(found, evidence.get(id)));
}

/** Our own write takes the stamp off, also one that did not heal. */
function withStamp(found: Evidence, before: Evidence | undefined): Evidence {
  return found.stamped.length > 0 ? found : { ...found, stamped: before?.stamped ?? [] };
}

/** Only what is not known is asked for; after a write that came too late, that object. */
async function look(
  world: World,
  { knowledge, unavailable }: Convergence,
  { open, first }: Looking,
  signal: AbortSignal,
): Promise<Observation> {
  const sought = open.filter(
    desired =>
      !unavailable.has(kindId(desired.kind)) &&
      (!first ||
        knowledge.isUnsure(formatKey(desired.key)) ||
        needsWhole(desired, knowledge.get(formatKey(desired.key)))),
  );
  const absent = open.filter(({ key }) => knowledge.isUnsure(formatKey(key)));
  const namespaces = namespacesToCheck(open, absent);
  if (sought.length === 0 && namespaces.length === 0) return NOTHING;
  const seen = await world.cluster.observe({ labels: {}, kinds: [], sought, namespaces }, signal);
  for (const { key, kind } of sought) {
    const id = formatKey(key);
    const sighting = seen.objects.get(id);
    if (sighting !== undefined) knowledge.see(kind, sighting);
    else if (!seen.unavailable.has(kindId(kind))) knowledge.missed(id);
  }
  return seen;
}

const NOTHING: Observation = { objects: new Map(), namespaces: new Map(), unavailable: new Map() };

/** Namespaces that objects are to be made in, without those that this very commit makes. */
function namespacesToCheck(
  desired: readonly Desired[],
  absent: readonly Desired[],
): readonly string[] {
  const made = new Set(
    desired.filter(({ key }) => key.kind === "Namespace").map(({ key }) => key.name),
  );
  const used = new Set(absent.map(({ key }) => key.namespace));
  return [...used].filter(name => name !== "" && !made.has(name));
}

function isOurs({ knowledge, marks }: Convergence, { key }: Desired): boolean {
  const known = knowledge.get(formatKey(key));
  return known !== undefined && classify(known.live, marks, () => false).of === "us";
}

interface Writing {
  readonly judged: readonly Judged[];
  readonly progress: Progress;
}

/** What has to be looked at again. */
async function write(
  world: World,
  task: Convergence,
  { judged, progress }: Writing,
  signal: AbortSignal,
): Promise<readonly Desired[]> {
  const writing = judged.map(({ verdict }) => verdict).filter(isWriting);
  const recreating = judged.flatMap(({ verdict }) =>
    verdict.action === "recreate" ? [verdict] : [],
  );
  if (writing.length === 0 && recreating.length === 0) return [];
  await task.beforeWrites();
  const again: Desired[] = [];
  const executed = (result: Executed) => {
    const { outcome } = result;
    if (isAgain(result, progress)) again.push(outcome.desired);
    if (progress.refused.has(formatKey(outcome.desired.key))) return;
    progress.failures = remember(progress.failures, [outcome], world.clock.now());
  };
  const tell = (outcome: StepOutcome) => executed({ outcome, leftovers: [] });
  const executing = Promise.all([
    execute(world, { ...task, writing, executed }, signal),
    removeAll(world, { recreating, account: task.account }, tell, signal),
  ]);
  // sent together: whoever ends the process now finds both on their way, and the heal waits for nothing
  for (const one of judged) if (isEditedWrite(one.verdict)) task.beforeEdited(one);
  await executing;
  return again;
}

/** True for what is decided again at once. */
function isAgain({ outcome, leftovers }: Executed, progress: Progress): boolean {
  const id = formatKey(outcome.desired.key);
  const { outcomes, refused } = progress;
  outcomes.set(id, stillHalf(outcome, outcomes.get(id)));
  // a write that came too late has taken nothing away
  if (outcome.result === "applied") progress.leftovers.set(id, leftovers);
  if (!canBeThorough(outcome, progress.verdicts.get(id))) refused.delete(id);
  else refused.add(id);
  return (
    refused.has(id) || isToBeAnew(outcome, progress) || leftovers.length > 0 || isOpen(outcome)
  );
}

function isOpen({ result }: StepOutcome): boolean {
  return ["stale", "contested", "released", "removed"].includes(result);
}

/** True for what was just refused, and is made anew instead if nothing speaks against it. */
function isToBeAnew(outcome: StepOutcome, { verdicts, immutable }: Progress): boolean {
  const { desired } = outcome;
  const id = formatKey(desired.key);
  immutable.delete(id);
  const isRefused = outcome.result === "failed" && outcome.fault.code === "immutable-field";
  if (!isRefused || !asksToRecreate(desired)) return false;
  immutable.set(id, outcome.fault);
  return verdicts.get(id)?.action !== "recreate";
}

/** Server-side apply cannot undo every edit: what is refused as a whole may be replaced piece by piece. */
function canBeThorough(outcome: StepOutcome, verdict: Verdict | undefined): boolean {
  if (outcome.result !== "failed" || outcome.fault.code !== "object-refused") return false;
  return verdict?.action === "update" && verdict.healed.length > 0 && verdict.thorough !== true;
}
