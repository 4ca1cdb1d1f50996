/** The report of a walk: what it did, and what stands about everything else. */
import { listNames } from "../core/report/list-names";
import { summarise } from "../core/report/summarise";
import { managedKinds } from "../core/sync/orphans";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { StepOutcome } from "../model/outcome";
import type { Report } from "../model/report";
import type { Fault } from "../model/verdict";
import type { Episodes } from "./episodes";
import type { Knowledge } from "./knowledge";
import type { Ledger } from "./ledger";
import type { Progress } from "./progress";
import type { Pruned } from "./pruner";
import { orphanNotices, suspendedOrphans, tellOrphans } from "./tell-orphans";
import type { Target } from "./target";

export interface Reporting {
  /** ULID. */
  readonly id: string;
  readonly target: Target;
  /** What the walk was about. */
  readonly desired: readonly Desired[];
  readonly progress: Progress;
  readonly knowledge: Knowledge;
  readonly episodes: Episodes;
  readonly ledger: Ledger;
  readonly pruned: Pruned;
  /** Everything of the target was decided on. */
  readonly isWhole: boolean;
  readonly now: number;
}

/** Asks nobody. */
export function reportOf(reporting: Reporting): Report {
  const { id, target, desired, progress, episodes, ledger, pruned, isWhole, now } = reporting;
  const { unavailable, outcomes } = progress;
  const { knownKinds: known, unknown, notices, commit } = target;
  const orphans = pruned.orphans.map(({ orphan }) => orphan.live.key);
  const wanted = [...target.desired.values()];
  const written = [...outcomes.values()];
  return summarise({
    id,
    commit,
    told: ledger.told(),
    walked: new Set(desired.map(({ key }) => formatKey(key))),
    unknown,
    ...tellOrphans(pruned),
    kinds: managedKinds({ desired: wanted, orphans, known, unavailable }),
    notices: [
      ...notices,
      ...notLookedFor(known, unavailable),
      ...forged(reporting),
      ...orphanNotices(pruned),
    ],
    drift: episodes.open(),
    isWhole,
    autoscaled: ledger.autoscaled(),
    suspended: [...ledger.suspended(now), ...suspendedOrphans(pruned)],
    fights: episodes.fights(now).map(fightSentence),
    writes: written.filter(isChange).length + pruned.pruned.length,
  });
}

function isChange(outcome: StepOutcome): boolean {
  return outcome.result === "applied" && outcome.changed;
}

/** What only the admission hook writes, written by somebody else. */
function forged({ knowledge, target }: Reporting): readonly string[] {
  const found = [...knowledge.all()].flatMap(([object, { isForged }]) =>
    isForged === true && target.desired.has(object) ? [object] : [],
  );
  if (found.length === 0) return [];
  return [`Evidence without a valid seal is ignored: on ${listNames(found)}`];
}

function fightSentence([object, heals]: readonly [string, number]): string {
  return `${object} was healed ${heals} times in ten minutes, and is changed again each time: it is healed more and more rarely`;
}

/** Where nothing of these kinds is declared any more, nothing fails, and only this tells. */
function notLookedFor(
  known: readonly string[],
  unavailable: ReadonlyMap<string, Fault>,
): readonly string[] {
  return known.flatMap(id => {
    const fault = unavailable.get(id);
    return fault === undefined ? [] : [`Could not look for orphans of ${id}: ${fault.message}`];
  });
}
