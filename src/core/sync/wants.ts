/** What failed for want of something that the same commit may bring: it is tried once more when the rest is in. */
import type { ErrorCode } from "../../model/errors";
import { kindId, type Desired } from "../../model/manifest";
import type { StepOutcome } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { declaredKinds } from "./declared-kinds";

/** Not the object's own content is wrong, but something is not there yet, or not yet so. */
const WANTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "admission-denied",
  "object-forbidden",
  "quota-exceeded",
  "reference-not-found",
  "webhook-failed",
]);

export interface Tried {
  readonly verdict: Verdict | undefined;
  readonly outcome: StepOutcome | undefined;
  /** So often the same content has failed. */
  readonly times: number;
}

/** True where what else was written since (at least one object) may have mended it. */
export function mayBeMended(
  { verdict, outcome, times }: Tried,
  written: readonly Desired[],
): boolean {
  const fault = faultOf(verdict, outcome);
  if (verdict === undefined || fault === undefined || written.length === 0) return false;
  // what was just tried for the second time has waited for its turn before
  if (outcome?.result === "failed" && times > 1) return false;
  return WANTS.has(fault.code) || isDefined(verdict.desired, written);
}

function faultOf(verdict: Verdict | undefined, outcome: StepOutcome | undefined) {
  if (outcome?.result === "failed") return outcome.fault;
  return verdict?.action === "wait" ? verdict.fault : undefined;
}

/** How its kind is served has changed: the API server takes a moment to judge by that. */
function isDefined({ kind, key }: Desired, written: readonly Desired[]): boolean {
  const isServedAnew = written.some(
    ({ key: { kind, name } }) => kind === "APIService" && name.endsWith(`.${key.group}`),
  );
  return isServedAnew || declaredKinds(written).some(defined => kindId(defined) === kindId(kind));
}
