/** Conditions of a GitRepository, by the rules of kstatus: Ready always, Reconciling and Stalled only while true. */
import { listNames } from "../report/list-names";
import { describeError, type ErrorCode } from "../../model/errors";
import type { Episode } from "../../model/episode";
import type { Condition, RepositoryStatus } from "../../model/git-repository";
import { formatKey } from "../../model/object-key";
import { firstFault, type FailedObject, type Report } from "../../model/report";

export interface ConditionContext {
  readonly previous: RepositoryStatus;
  readonly generation: number;
  /** RFC 3339. */
  readonly now: string;
  readonly branch: string;
}

type Draft = Pick<Condition, "type" | "status" | "reason" | "message">;

const SHOWN = 3;
/** The API server takes 32 KiB; nobody reads more than this. */
const LONGEST_MESSAGE = 4096;

/** Ready, with the commit and what the user should know. */
export function successConditions(report: Report, context: ConditionContext): readonly Condition[] {
  const commit = (report.commit ?? "").slice(0, 12);
  const adopted =
    report.adopted.length === 0
      ? []
      : [`Adopted ${listNames(report.adopted.map(formatKey))}, which no repository managed before`];
  const sentences = [
    `Commit ${commit} of ${context.branch} is in: ${count(report.total, "object")}`,
    ...adopted,
    ...report.notices,
  ];
  return finish([ready("True", "Synced", sentences.join(". ")), ...drifted(report)], context);
}

/** Not ready, with the cause; stalled where only a change of the GitRepository helps. */
export function failureConditions(report: Report, context: ConditionContext): readonly Condition[] {
  const code = firstFault(report)?.code ?? "internal";
  const { reason } = describeError(code);
  const message = failureMessage(report);
  const stalled: readonly Draft[] = isStalled(report.fault?.code)
    ? [{ type: "Stalled", status: "True", reason, message }]
    : [];
  const drafts = [ready("False", reason, message), ...stalled, ...drifted(report)];
  return [...finish(drafts, context), ...(report.looked ? [] : driftedBefore(context))];
}

/** A sync has begun: Ready stays as it is, its generation too, until the sync ends. */
export function progressConditions(what: string, context: ConditionContext): readonly Condition[] {
  const before = context.previous.conditions?.find(({ type }) => type === "Ready");
  const reconciling: Draft = {
    type: "Reconciling",
    status: "True",
    reason: "Progressing",
    message: what,
  };
  const drift = driftedBefore(context);
  if (before !== undefined) return [before, ...finish([reconciling], context), ...drift];
  return [...finish([ready("Unknown", "Progressing", what), reconciling], context), ...drift];
}

/** Nothing is looked at: Ready says what the last sync found, or that there was none. */
export function suspendedConditions(context: ConditionContext): readonly Condition[] {
  const before = context.previous.conditions?.find(({ type }) => type === "Ready");
  if (before !== undefined && before.reason !== "Progressing") {
    return [before, ...driftedBefore(context)];
  }
  const message = "spec.suspend is true: nothing is fetched, and nothing is written";
  return finish([ready("Unknown", "Suspended", message)], context);
}

/** Only while there is something to say; drift is no failure. */
function drifted({ drift, fights }: Report): readonly Draft[] {
  if (drift.length === 0 && fights.length === 0) return [];
  const conflicts = drift.some(({ class: found }) => found === "conflict");
  const reason = drift.length === 0 ? "Fight" : conflicts ? "Conflict" : "ManualDrift";
  const objects = drift.slice(0, SHOWN).map(driftSentence);
  if (drift.length > SHOWN) objects.push(`and ${drift.length - SHOWN} more`);
  const message = [...objects, ...fights.slice(0, SHOWN)].join("; ");
  return [{ type: "Drifted", status: "True", reason, message }];
}

function driftSentence({ key, fields, decision, reason }: Episode): string {
  const what = fields.length === 0 ? "deleted or made anew" : listNames(fields);
  return `${formatKey(key)}: ${what} (${decision}: ${reason})`;
}

/** Nobody has looked since. */
function driftedBefore({ previous }: ConditionContext): readonly Condition[] {
  return (previous.conditions ?? []).filter(({ type }) => type === "Drifted");
}

const STALLING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "spec-invalid",
  "account-invalid",
  "cluster-too-old",
]);

/** Only what stops the whole sync until somebody changes something. */
function isStalled(code: ErrorCode | undefined): boolean {
  return code !== undefined && STALLING.has(code);
}

function ready(status: Condition["status"], reason: string, message: string): Draft {
  return { type: "Ready", status, reason, message };
}

function failureMessage({ fault, failed }: Report): string {
  const sentences = failed.slice(0, SHOWN).map(sentenceOf);
  if (failed.length > SHOWN) sentences.push(`and ${failed.length - SHOWN} more`);
  if (fault !== undefined) sentences.unshift(`${fault.message}: ${describeError(fault.code).hint}`);
  return sentences.join("; ");
}

function sentenceOf({ key, source, fault }: FailedObject): string {
  return `${source}: ${formatKey(key)}: ${fault.message}: ${describeError(fault.code).hint}`;
}

/** lastTransitionTime moves only when the status flips. */
function finish(drafts: readonly Draft[], context: ConditionContext): readonly Condition[] {
  return drafts.map(draft => {
    const before = context.previous.conditions?.find(({ type }) => type === draft.type);
    const same = before?.status === draft.status;
    return {
      type: draft.type,
      status: draft.status,
      reason: draft.reason,
      message: cut(draft.message),
      lastTransitionTime: same ? before.lastTransitionTime : context.now,
      observedGeneration: context.generation,
    };
  });
}

function cut(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 1)}…`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
