/** What is told of an object as a whole, where its fields may be held for different reasons. */
import type { ClosedDecision, Episode, OpenDecision } from "../../model/episode";
import type { FieldVerdict, Hold } from "../../model/verdict";
import type { Finding } from "./finding";

export interface Decided {
  readonly decision: OpenDecision;
  readonly reason: string;
}

/** The rule that will act first decides what is told of the object as a whole. */
const ORDER: readonly (readonly [Hold, OpenDecision])[] = [
  ["suspended", "suspended"],
  ["grace", "waiting"],
  ["fight", "waiting"],
  ["policy", "left"],
  ["conflict", "left"],
];

/** Of an episode that stays open. */
export function openDecision(fields: readonly FieldVerdict[], finding: Finding): Decided {
  const reason = refusalOf(finding);
  if (finding.isHealing) return { decision: "waiting", reason: "Git's values are being put back" };
  if (reason !== undefined) return { decision: "failed", reason };
  const { verdict, reasons } = finding;
  const holds = new Set([verdict.drift?.hold, ...fields.map(({ hold }) => hold)]);
  for (const [hold, decision] of ORDER) {
    if (holds.has(hold)) return { decision, reason: reasons[hold] };
  }
  return { decision: "failed", reason: "it changed again each time it was about to be healed" };
}

function refusalOf({ verdict, outcome }: Finding): string | undefined {
  if (outcome?.result === "failed") return outcome.fault.message;
  const waits = verdict.action === "wait" || verdict.action === "refuse";
  return waits ? verdict.fault.message : undefined;
}

/** Of one whose object is as Git declares again. */
export function closedDecision(finding: Finding, open: Episode): ClosedDecision {
  if (isHealedAfterAll(finding, open)) return "healed";
  return finding.differs || isAppliedSince(finding, open) ? "committed" : "undone";
}

/** A process that ended between its apply and its record: Git's new content is in, and nobody put anything back. */
function isAppliedSince({ appliedCommit, commit }: Finding, open: Episode): boolean {
  return appliedCommit === commit && open.commit !== commit;
}

/** By a write that failed once and succeeded on its next try, or whose answer nobody waited for. */
function isHealedAfterAll({ outcome, differs }: Finding, { decision, until }: Episode): boolean {
  const isWritten = outcome?.result === "applied";
  if (decision === "failed") return isWritten;
  // a hand that puts it back takes the fields from us, and our apply changes whose they are
  const wasBeingHealed = decision === "waiting" && until === undefined && !differs;
  return wasBeingHealed && !(isWritten && outcome.changed);
}
