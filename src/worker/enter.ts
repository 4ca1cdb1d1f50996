/** Enters what a walk found about an object in the books: its episode, and when to decide on it again. */
import { isHeal } from "../core/heal/next-episode";
import { peaceAt } from "../core/heal/fights";
import { isTooEarly } from "../core/sync/backoff";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import { hasWritten } from "../model/outcome";
import type { Verdict } from "../model/verdict";
import type { Clock } from "../ports";
import type { Episodes } from "./episodes";
import type { Judged } from "./judge";
import type { Knowledge } from "./knowledge";
import type { Ledger } from "./ledger";
import type { Progress } from "./progress";
import type { Policy } from "./target";

export interface Entering extends Omit<Policy, "source" | "wish" | "account"> {
  readonly clock: Pick<Clock, "now">;
  readonly episodes: Episodes;
  readonly ledger: Ledger;
  readonly knowledge: Knowledge;
  readonly fieldManager: string;
  readonly commit: string;
  /** Only some objects, between two walks. */
  readonly isHealing: boolean;
}

/** Before what somebody has edited is written: whoever ends walk or process afterwards cannot make it forgotten. */
export function enterEarly(entering: Entering, { verdict, evidence }: Judged): void {
  const { episodes, rules, graceMs, fieldManager, commit } = entering;
  const asked = { healers: { rules, graceMs }, fieldManager, commit };
  const { desired } = verdict;
  const isHealing = isHeal(verdict);
  episodes.settle({ desired, verdict, evidence, outcome: undefined, isHealing, ...asked });
}

/** All that a walk was about; of one that was ended early, what was written. */
export function enterAll(
  entering: Entering,
  desired: readonly Desired[],
  { progress, isComplete }: { readonly progress: Progress; readonly isComplete: boolean },
): void {
  for (const { key } of desired) {
    const id = formatKey(key);
    if (isComplete || hasWritten(progress.outcomes.get(id))) enter(entering, id, progress);
  }
}

function enter(entering: Entering, id: string, progress: Progress): void {
  const verdict = progress.verdicts.get(id);
  const evidence = progress.evidence.get(id);
  if (verdict === undefined || evidence === undefined) return;
  const { clock, episodes, ledger, knowledge, rules, graceMs, fieldManager, commit } = entering;
  const { isHealing, intervalMs } = entering;
  const { desired } = verdict;
  const outcome = progress.outcomes.get(id);
  const asked = { healers: { rules, graceMs }, fieldManager, commit };
  episodes.settle({ desired, verdict, evidence, outcome, ...asked });
  const now = clock.now();
  const retryAt = progress.failures.get(id)?.retryAt ?? 0;
  ledger.enter({
    verdict,
    outcome,
    suspension: evidence.suspension,
    uid: knowledge.uidOf(id),
    episode: episodes.of(id),
    retryAt: isTooEarly(retryAt, now) ? retryAt : undefined,
    isHealing,
    peaceAt: peaceAt(episodes.fightOf(id)),
    judgedAt: evidence.judgedAt,
    isUnseen: knowledge.isUnsure(id) && isLeftAlone(verdict),
    now,
    intervalMs,
  });
}

/** As somebody made it: nobody writes it, and no watch tells when that changes. */
function isLeftAlone({ action, drift }: Verdict): boolean {
  return action === "hold" || (action === "keep" && drift !== undefined);
}
