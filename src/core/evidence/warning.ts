/** What kubectl prints to whoever writes: which GitRepository manages the object, what becomes of the edit, how to keep it. */
import type { AdmissionRequest } from "../../model/admission";
import { ANNOTATION_SUSPEND_HEAL } from "../../model/annotations";
import { formatDuration } from "../../model/duration";
import type { Change } from "../../model/episode";
import { labelledOwner } from "../../model/ownership";
import { isSuspended, readSuspension } from "../heal/suspension";
import { readCompanions, wholeSeconds } from "./companions";
import type { Knowing, Managing } from "./knowing";
import type { OwnNames } from "./own-names";
import type { Notice } from "./settle";
import { cut, LONGEST_LINE } from "./text-length";

export interface Warning {
  readonly request: AdmissionRequest;
  /** nopea's names on the object after the write. */
  readonly names: OwnNames;
  readonly notices: readonly Notice[];
  /** What was edited of that which Git declares. */
  readonly changes: readonly Change[];
  /** When the open edit began, if it is not this one. */
  readonly since: number | undefined;
}

/** At most three lines, each short enough for an API server; none where there is nothing to say. */
export function warningsOf(warning: Warning, knowing: Foreseeing): readonly string[] {
  const { notices, changes } = warning;
  const isCopy = notices.some(({ about }) => about === "copy");
  const fate = changes.length === 0 ? undefined : fateOf(warning, knowing);
  return [
    ...notices.map(notice => aboutNotice(notice, warning, knowing)),
    ...(fate === undefined ? [] : [`${declared(warning)}: ${fate.what}.`]),
    ...(isCopy ? [howToSuspend(warning)] : fate?.isUndone === true ? [howToKeep(warning)] : []),
  ]
    .slice(0, MOST_LINES)
    .map(line => cut(line, LONGEST_LINE));
}

/** What may become of an edit depends on. */
export type Foreseeing = Pick<Knowing, "now" | "rfc3339" | "repositoryOf">;

const MOST_LINES = 3;

function aboutNotice(notice: Notice, warning: Warning, { now, rfc3339 }: Foreseeing): string {
  switch (notice.about) {
    case "copy":
      return "nopea.io labels and annotations were kept as they were: this write brought others along, as a rollout undo, a replace or a restored backup does.";
    case "foreign":
      return "nopea.io labels and annotations were left out: nopea alone sets them, on what a GitRepository declares.";
    case "labels":
      return "nopea.io labels were kept as they were: they say which GitRepository manages the object.";
    case "suspended": {
      const end = notice.until === undefined ? "somebody ends it" : rfc3339(notice.until);
      const line = `nopea leaves ${nameOf(warning)} alone until ${end}. To end it: ${command(warning, "-")}`;
      return shortOr(
        line,
        `nopea leaves it alone until ${end}. To end it, remove ${ANNOTATION_SUSPEND_HEAL}.`,
      );
    }
    case "not suspended": {
      const value = JSON.stringify(cut(notice.value, 40));
      const why = notice.isPast ? "is in the past and suspends nothing" : "suspends nothing";
      const time = rfc3339(now + EXAMPLE_MS);
      return `${ANNOTATION_SUSPEND_HEAL}: ${value} ${why}. What does: true (until removed), a duration as 4h or 30m, a time as ${time}.`;
    }
  }
}

const EXAMPLE_MS = 4 * 3_600_000;

function declared({ changes, request, names }: Warning): string {
  const owner = labelledOwner(names.labels);
  const more = changes.length > 1 ? ` and ${changes.length - 1} more` : "";
  const field = cut(changes[0]?.path ?? "", 64);
  const repository = cut(`${owner?.namespace ?? request.namespace}/${owner?.name ?? ""}`, 64);
  return `${field}${more} is declared by GitRepository ${repository}`;
}

interface Fate {
  readonly what: string;
  /** True where somebody who wants to keep the edit has to do something. */
  readonly isUndone: boolean;
}

/** In the order in which nopea decides. */
function fateOf(warning: Warning, knowing: Foreseeing): Fate {
  const managing = knowing.repositoryOf(warning.names.labels);
  if (managing?.suspended === true)
    return stays("it is suspended, your edit stays until it is resumed");
  const end = suspensionEnd(warning, knowing);
  if (end !== undefined)
    return stays(`${ANNOTATION_SUSPEND_HEAL} is set, your edit stays until ${end}`);
  if (managing === undefined) {
    return { what: "its policy decides what becomes of your edit", isUndone: true };
  }
  if (managing.healPolicy === "auto")
    return { what: undoing(managing, warning, knowing), isUndone: true };
  return stays(`your edit stays and is reported (healPolicy ${managing.healPolicy})`);
}

function stays(what: string): Fate {
  return { what, isUndone: false };
}

/** A grace period counts from the first edit that is open. */
function undoing(
  { graceMs = 0 }: Managing,
  { since }: Warning,
  { now, rfc3339 }: Foreseeing,
): string {
  const until = wholeSeconds((since ?? now) + graceMs);
  if (graceMs === 0 || until <= now) return "your edit will be undone at once";
  return `your edit will be undone in ${formatDuration(Math.floor((until - now) / 1000) * 1000)}, at ${rfc3339(until)}`;
}

/** Undefined: the object is not suspended. */
function suspensionEnd({ names: { annotations } }: Warning, { now, rfc3339 }: Foreseeing) {
  const companions = readCompanions(annotations);
  const suspension = readSuspension(annotations, companions?.at ?? now);
  if (!isSuspended(suspension, now)) return undefined;
  const until = companions?.until ?? suspension?.until;
  return until === undefined ? "it is removed" : rfc3339(wholeSeconds(until));
}

function howToKeep(warning: Warning): string {
  const line = `To keep it, commit it to Git; to hold nopea off meanwhile: ${command(warning, "=4h")}`;
  return shortOr(
    line,
    `To keep it, commit it to Git; to hold nopea off meanwhile, annotate it with ${ANNOTATION_SUSPEND_HEAL}=4h.`,
  );
}

function howToSuspend(warning: Warning): string {
  const line = `To suspend healing: ${command(warning, "=4h")} (to end it: ${ANNOTATION_SUSPEND_HEAL}-)`;
  return shortOr(
    line,
    `To suspend healing, annotate it with ${ANNOTATION_SUSPEND_HEAL}=4h; to end it, remove that.`,
  );
}

/** Half a command helps nobody. */
function shortOr(line: string, shorter: string): string {
  return line.length <= LONGEST_LINE ? line : shorter;
}

function nameOf({ request }: Warning): string {
  return `${request.kind.kind} ${request.name}`;
}

/** To be copied into a shell. */
function command({ request, names }: Warning, change: "=4h" | "-"): string {
  const { plural, group } = request.resource;
  const resource = group === "" ? plural : `${plural}.${group}`;
  const where = request.namespace === "" ? "" : ` -n ${request.namespace}`;
  const isSet = names.annotations[ANNOTATION_SUSPEND_HEAL] !== undefined;
  const again = change !== "-" && isSet ? " --overwrite" : "";
  return `kubectl annotate ${resource} ${request.name}${where} ${ANNOTATION_SUSPEND_HEAL}${change}${again}`;
}
