/** Break-glass: holds nopea off one object, and lets it go on, by the annotation `nopea.io/suspend-heal`. */
import {
  ANNOTATION_SUSPEND_HEAL,
  ANNOTATION_SUSPEND_HEAL_AT,
  ANNOTATION_SUSPEND_HEAL_BY,
  ANNOTATION_SUSPEND_HEAL_REASON,
  ANNOTATION_SUSPEND_HEAL_UNTIL,
  LABEL_REPOSITORY,
} from "../../model/annotations";
import { parseDuration } from "../../model/duration";
import type { JsonObject } from "../../model/json";
import { secondsUp } from "../../model/time";
import { merge, read, type Target } from "../api/ask";
import { marks, text } from "../api/fields";
import { EXIT, type Answer, type Context } from "../context";
import { oneLine } from "../shown";
import { facts } from "../table";
import { left } from "../times";

export interface BreakGlass {
  /** The object as it was typed, for the hint how to resume it. */
  readonly what: string;
  /** As nopea reads it: "true", a duration, or a time. */
  readonly value: string;
  /** Absent: none, also where an earlier suspension had one. */
  readonly reason?: string | undefined;
}

/** Who, until when and why, as the admission hook has stamped it. */
interface Stamped {
  readonly by: string;
  readonly at: string;
  readonly until: string;
  readonly reason: string;
  /** The GitRepository that the object belongs to; "" where nopea does not manage it. */
  readonly repository: string;
}

/** Sets the annotation, and tells what the hook has made of it. */
export async function suspendObject(
  context: Context,
  target: Target,
  { what, value, reason }: BreakGlass,
): Promise<Answer> {
  const before = text(marks(await read(context, target), "annotations"), ANNOTATION_SUSPEND_HEAL);
  const annotations = {
    [ANNOTATION_SUSPEND_HEAL]: value === before ? renewed(value, context.now()) : value,
    [ANNOTATION_SUSPEND_HEAL_REASON]: reason ?? null,
  };
  const stamped = stampOf(await merge(context, target, { metadata: { annotations } }));
  return {
    value: { ...identity(target), suspended: value, ...stamped },
    text: suspendedText(context, target, { what, stamped }),
    exitCode: EXIT.ok,
  };
}

/** A duration counts from when it was set: set again as it is, nothing would begin anew. */
function renewed(value: string, now: number): string {
  const duration = parseDuration(value);
  return duration === undefined ? value : new Date(secondsUp(now + duration)).toISOString();
}

/** Takes the annotation off. */
export async function resumeObject(context: Context, target: Target): Promise<Answer> {
  const before = marks(await read(context, target), "annotations");
  const what = nameOf(target);
  if (before[ANNOTATION_SUSPEND_HEAL] === undefined) {
    const value = { ...identity(target), changed: false };
    return { value, text: `${what} is not suspended: nothing to do.`, exitCode: EXIT.ok };
  }
  const annotations = { [ANNOTATION_SUSPEND_HEAL]: null, [ANNOTATION_SUSPEND_HEAL_REASON]: null };
  await merge(context, target, { metadata: { annotations } });
  return {
    value: { ...identity(target), changed: true },
    text: `${what} is no longer suspended: what differs from Git is healed as the repository's healPolicy says.`,
    exitCode: EXIT.ok,
  };
}

function stampOf(object: JsonObject): Stamped {
  const annotations = marks(object, "annotations");
  return {
    by: text(annotations, ANNOTATION_SUSPEND_HEAL_BY),
    at: text(annotations, ANNOTATION_SUSPEND_HEAL_AT),
    until: text(annotations, ANNOTATION_SUSPEND_HEAL_UNTIL),
    reason: text(annotations, ANNOTATION_SUSPEND_HEAL_REASON),
    repository: text(marks(object, "labels"), LABEL_REPOSITORY),
  };
}

function identity({ kind, namespace, name }: Target): JsonObject {
  const { apiVersion } = kind;
  return { apiVersion, kind: kind.kind, ...(namespace === "" ? {} : { namespace }), name };
}

function nameOf({ kind, namespace, name }: Target): string {
  return `${kind.kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

function suspendedText(
  { now, colors }: Context,
  target: Target,
  { what, stamped }: { readonly what: string; readonly stamped: Stamped },
): string {
  const { namespace } = target;
  const { by, until, reason, repository } = stamped;
  const still = left(until, now());
  const where = namespace === "" ? "" : ` -n ${namespace}`;
  const lines = facts([
    ["Suspended", nameOf(target)],
    ["Repository", oneLine(repository)],
    ["By", oneLine(by)],
    ["Until", still === undefined ? "you resume it" : `${until} (${still} left)`],
    ["Reason", oneLine(reason)],
    ["Resume", `nopea resume ${what}${where}`],
  ]);
  return [lines, ...warnings(stamped).map(line => colors.yellow(`Warning: ${line}`))].join("\n");
}

function warnings({ by, repository }: Stamped): readonly string[] {
  if (repository === "") {
    return [
      "nopea does not manage this object (it has no label nopea.io/repository): nothing is held off.",
    ];
  }
  return by === ""
    ? [
        "nopea's admission hook did not see this edit: nobody knows who made it, and a duration counts from when nopea sees it.",
      ]
    : [];
}
