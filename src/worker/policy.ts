/** What a GitRepository asks for right now about edits by hand. */
import { accountOf } from "../core/repository/account";
import { refusal } from "../core/repository/refusal";
import type { Repository } from "../model/git-repository";
import type { Settings } from "../model/settings";
import type { Policy } from "./target";
import { sourceOf } from "./sync";

/** Undefined: nothing may be written, whatever differs. */
export function policyOf({ id, parsed }: Repository, settings: Settings): Policy | undefined {
  if (refusal(parsed, settings) !== undefined || !parsed.ok || parsed.spec.suspend)
    return undefined;
  const { healPolicy, conflictPolicy, healGracePeriodMs, intervalMs } = parsed.spec;
  const rules = { healPolicy, conflictPolicy };
  const [source, account] = [sourceOf(parsed.spec), accountOf(id, parsed.spec, settings)];
  return { rules, graceMs: healGracePeriodMs, intervalMs, source, account };
}
