/** How an episode goes on: from what was found, what was decided, and what came of it. */
import { isOpen, type ClosedDecision, type Episode } from "../../model/episode";
import type { ErrorCode } from "../../model/errors";
import type { Finding } from "./finding";
import { closedDecision, openDecision, type Decided } from "./episode-decision";
import { isWriting } from "../sync/plan";
import type { FieldVerdict, Verdict } from "../../model/verdict";

/** Newest edits that an episode keeps. */
export const MOST_EDITS = 5;

/** Undefined: there is no drift, and there was none. `before`: the open one, or the one that this would repeat. */
export function nextEpisode(before: Episode | undefined, finding: Finding): Episode | undefined {
  // what waits to be looked at, or is being deleted, is no news
  if (isBlind(finding.verdict)) return openOne(before);
  const fields = countedFields(finding.verdict);
  if (!isDrift(finding.verdict)) return end(openOne(before), finding);
  const episode = before === undefined ? begin(finding) : goOn(before, finding);
  if (!isWritten(finding)) return withDecision(told(episode, fields), fields, finding);
  const left = fields.filter(({ hold }) => hold !== undefined);
  return left.length === 0
    ? close(told(episode, fields), "healed", finding)
    : withDecision(told(episode, left), left, finding);
}

/** Nothing differs any more. */
function end(open: Episode | undefined, finding: Finding): Episode | undefined {
  return open && close(open, closedDecision(finding, open), finding);
}

function openOne(episode: Episode | undefined): Episode | undefined {
  return episode !== undefined && isOpen(episode) ? episode : undefined;
}

/** True for a write that undoes an edit. */
export function isHeal(verdict: Verdict): boolean {
  const { drift } = verdict;
  if (!isWriting(verdict) || drift === undefined) return false;
  if (drift.whole !== undefined) return drift.hold === undefined;
  return countedFields(verdict).some(({ hold }) => hold === undefined);
}

/** True for a write of an object that somebody has edited, whatever it does to the edit. */
export function isEditedWrite(verdict: Verdict): boolean {
  return isWriting(verdict) && isDrift(verdict);
}

function isDrift(verdict: Verdict): boolean {
  return countedFields(verdict).length > 0 || verdict.drift?.whole !== undefined;
}

/** Fields whose drift is somebody's edit: not Git's own change, and not what is left to others for good. */
export function countedFields({ drift }: Verdict): readonly FieldVerdict[] {
  return (drift?.fields ?? []).filter(
    ({ drift: { class: drift }, hold }) =>
      drift !== "git_change" && hold !== "ignored" && hold !== "autoscaled",
  );
}

const UNSEEN: readonly ErrorCode[] = [
  "account-forbidden",
  "account-not-found",
  "kind-unavailable",
  "namespace-not-found",
  "object-terminating",
  "owned-by-another",
];

function isBlind(verdict: Verdict): boolean {
  const waits = verdict.action === "wait" || verdict.action === "refuse";
  return waits && UNSEEN.includes(verdict.fault.code);
}

/** Git's value is in. */
function isWritten({ outcome }: Finding): boolean {
  return outcome?.result === "applied";
}

function begin(finding: Finding): Episode {
  const { key, apiVersion, uid, edits, detectedAt, commit, now, nameOf } = finding;
  return {
    record: nameOf(uid, detectedAt),
    key,
    apiVersion,
    uid,
    class: "manual_drift",
    since: detectedAt,
    edits: edits.slice(-MOST_EDITS),
    fields: [],
    conflicts: [],
    repeats: 0,
    decision: "waiting",
    decisionAt: now,
    reason: "",
    commit,
  };
}

/** A closed one is repeated: the same fields, soon after, by nobody who is known. */
function goOn(before: Episode, { edits, commit }: Finding): Episode {
  const repeats = before.repeats + (isOpen(before) ? 0 : 1);
  return { ...before, edits: [...before.edits, ...edits].slice(-MOST_EDITS), repeats, commit };
}

function told(episode: Episode, fields: readonly FieldVerdict[]): Episode {
  const paths = fields.map(({ drift }) => drift.path);
  const conflicts = fields.flatMap(({ drift }) => (drift.class === "conflict" ? [drift.path] : []));
  const isConflict = conflicts.length > 0;
  return { ...episode, fields: paths, conflicts, class: isConflict ? "conflict" : "manual_drift" };
}

/** The end of an open one when its object leaves Git: nobody declares anything of it any more. */
export function drop(episode: Episode, commit: string, now: number): Episode {
  const closed = close(episode, "committed", { now, commit });
  return { ...closed, reason: "Git no longer declares the object" };
}

function close(
  episode: Episode,
  decision: ClosedDecision,
  { now, commit }: Pick<Finding, "now" | "commit">,
): Episode {
  const reason = CLOSED[decision];
  return { ...withoutDeadlines(episode), decision, decisionAt: now, reason, commit };
}

function withoutDeadlines(episode: Episode): Omit<Episode, "until" | "graceUntil"> {
  const { until: _, graceUntil: __, ...rest } = episode;
  return rest;
}

const CLOSED: Readonly<Record<ClosedDecision, string>> = {
  healed: "Git's values were put back",
  committed: "Git declares the live values now",
  undone: "somebody put it back by hand",
};

function withDecision(
  episode: Episode,
  fields: readonly FieldVerdict[],
  finding: Finding,
): Episode {
  const decided = openDecision(fields, finding);
  const isNew = decided.decision !== episode.decision || episode.reason === "";
  const decisionAt = isNew ? finding.now : episode.decisionAt;
  const deadlines = deadlinesOf(finding, decided);
  return { ...withoutDeadlines(episode), ...decided, decisionAt, ...deadlines };
}

function deadlinesOf({ verdict }: Finding, { decision }: Decided) {
  const { until, graceUntil } = verdict.drift ?? {};
  return {
    ...(decision === "waiting" && until !== undefined ? { until } : {}),
    ...(graceUntil === undefined ? {} : { graceUntil }),
  };
}
