/** Why a field is held, in a sentence for people. */
import { formatDuration } from "../../model/duration";
import type { Hold } from "../../model/verdict";
import type { Fight } from "./fights";
import type { HealRules } from "./judge-fields";
import type { Suspension } from "./suspension";

export interface Reasoning {
  readonly rules: HealRules;
  readonly graceMs: number | undefined;
  readonly fight: Fight;
  readonly suspension: Suspension | undefined;
}

/** One for each hold. */
export function reasonsOf(reasoning: Reasoning): Readonly<Record<Hold, string>> {
  const { rules, graceMs, fight, suspension } = reasoning;
  const why = suspension?.reason === undefined ? "" : `: ${suspension.reason}`;
  return {
    suspended: `nopea.io/suspend-heal is set${why}`,
    ignored: "nopea.io/ignore leaves it to others",
    autoscaled: "an autoscaler set it",
    conflict: "conflictPolicy live keeps the cluster's value",
    policy: `healPolicy ${rules.healPolicy} leaves it to people`,
    grace: graceMs === undefined ? "grace period" : `grace period of ${formatDuration(graceMs)}`,
    fight: `healed ${fight.heals.length} times in ten minutes: somebody else changes it again and again`,
  };
}
