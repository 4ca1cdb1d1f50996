/** The report of a walk: what it did, and what stands about everything else. */
import { summarise } from "../core/report/summarise";
import { findOrphans, managedKinds } from "../core/sync/orphans";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { OwnerMarks } from "../model/ownership";
import type { Report } from "../model/report";
import type { Fault } from "../model/verdict";
import type { Episodes } from "./episodes";
import type { Knowledge } from "./knowledge";
import type { Ledger } from "./ledger";
import type { Progress } from "./progress";
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
  readonly marks: OwnerMarks;
  readonly now: number;
}

/** Asks nobody. */
export function reportOf(reporting: Reporting): Report {
  const { id, target, desired, progress, episodes, ledger, now } = reporting;
  const { unavailable, outcomes } = progress;
  const { knownKinds: known, unknown, notices, commit } = target;
  const orphans = orphansOf(reporting);
  const wanted = [...target.desired.values()];
  const written = [...outcomes.values()];
  return summarise({
    id,
    commit,
    told: ledger.told(),
    walked: new Set(desired.map(({ key }) => formatKey(key))),
    unknown,
    orphans,
    kinds: managedKinds({ desired: wanted, orphans, known, unavailable }),
    notices: [...notices, ...notLookedFor(known, unavailable), ...forged(reporting)],
    drift: episodes.open(),
    suspended: ledger.suspended(now),
    fights: episodes.fights(now).map(fightSentence),
    writes: written.filter(outcome => outcome.result === "applied" && outcome.changed).length,
  });
}

function orphansOf({ knowledge, target, marks }: Reporting) {
  const lives = [...knowledge.all()].map(([object, { live }]) => [object, live] as const);
  return findOrphans(lives, target.desired, marks);
}

const SHOWN = 3;

/** What only the admission hook writes, written by somebody else. */
function forged({ knowledge, target }: Reporting): readonly string[] {
  const found = [...knowledge.all()].flatMap(([object, { isForged }]) =>
    isForged === true && target.desired.has(object) ? [object] : [],
  );
  if (found.length === 0) return [];
  const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
  return [
    `Evidence without a valid seal is ignored: on ${found.slice(0, SHOWN).join(", ")}${more}`,
  ];
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
