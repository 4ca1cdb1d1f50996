/** What a GitRepository asks for right now about edits by hand. */
import { refusal } from "../core/repository/refusal";
import type { Repository } from "../model/git-repository";
import type { Settings } from "../model/settings";
import { NO_POLICY, type Policy } from "./target";
import { sourceOf } from "./sync";

/** Everything, and nobody is asked once more. */
const GOING = { prune: true, conflictPolicy: "git", isLeaving: true } as const;

/** What a target is of that nobody declares any more. */
export const LEAVING = "leaving";

/** Undefined: nothing may be written, whatever differs. `isHurried`: it goes, and nothing is waited for any longer. */
export function policyOf(
  { parsed, confirmPrune, isLeaving }: Repository,
  settings: Settings,
  isHurried: boolean,
): Policy | undefined {
  if (refusal(parsed, settings) !== undefined || !parsed.ok || parsed.spec.suspend)
    return undefined;
  const { healPolicy, conflictPolicy, healGracePeriodMs, intervalMs } = parsed.spec;
  const rules = { healPolicy, conflictPolicy };
  const { prune } = parsed.spec;
  if (isLeaving) return { ...NO_POLICY, source: LEAVING, wish: { ...GOING, isHurried } };
  const wish = { prune, conflictPolicy, confirmed: confirmPrune };
  return { rules, graceMs: healGracePeriodMs, intervalMs, wish, source: sourceOf(parsed.spec) };
}
