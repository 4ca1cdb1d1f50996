/** What becomes of each field that is not as Git declares: an ordered list of named rules, the first with an opinion wins. */
import { coversPath } from "../../model/field-pattern";
import { parsePath, type FieldPath, type FieldPattern } from "../../model/field-path";
import type { FieldDrift, ObjectDrift } from "../../model/drift";
import type { ConflictPolicy, HealPolicy } from "../../model/git-repository";
import type { DriftVerdict, FieldVerdict, Hold } from "../../model/verdict";

/** What the GitRepository asks for. */
export interface HealRules {
  readonly healPolicy: HealPolicy;
  readonly conflictPolicy: ConflictPolicy;
}

/** All that the decision about drift depends on. Times are milliseconds since the epoch. */
export interface Healing extends HealRules {
  readonly suspended: boolean;
  /** `nopea.io/ignore` */
  readonly ignored: readonly FieldPattern[];
  readonly autoscaled: readonly FieldPath[];
  /** True for a field that was in conflict before: it stays so when the rest of the commit is in. */
  readonly wasConflict: (path: string) => boolean;
  /** The end of the grace period; undefined: there is none. */
  readonly graceUntil: number | undefined;
  /** The end of the pause after too many heals; 0: there is none. */
  readonly calmUntil: number;
  readonly now: number;
}

type Opinion = Hold | "apply" | undefined;
type Rule = readonly [name: string, opinion: (field: Field, healing: Healing) => Opinion];

interface Field {
  readonly drift: FieldDrift;
  readonly path: FieldPath;
}

/** The order is the documentation. A repository that is suspended is not even looked at. */
const RULES: readonly Rule[] = [
  ["object suspended", (_, { suspended }) => (suspended ? "suspended" : undefined)],
  ["ignored", ({ path }, { ignored }) => isCovered(path, ignored, "ignored")],
  ["autoscaled", ({ path }, { autoscaled }) => isCovered(path, autoscaled, "autoscaled")],
  ["conflict policy", conflict],
  ["Git changed", ({ drift }) => (drift.class === "git_change" ? "apply" : undefined)],
  ["heal policy", (_, { healPolicy }) => (healPolicy === "auto" ? undefined : "policy")],
  ["grace period", (_, { graceUntil = 0, now }) => (now < graceUntil ? "grace" : undefined)],
  ["fight", (_, { calmUntil, now }) => (now < calmUntil ? "fight" : undefined)],
];

/** Everything that differs, each field with what becomes of it: Git's value, unless a rule holds it. */
export function judgeFields(drift: ObjectDrift, healing: Healing): DriftVerdict {
  if (drift.object !== "present") {
    const hold = opinionOn(WHOLE, healing);
    return { ...told([], healing), whole: drift.object, ...asHold(hold), ...until(hold, healing) };
  }
  const fields = drift.fields.flatMap((found): FieldVerdict[] => {
    const path = parsePath(found.path);
    if (path === undefined) return [];
    const known = stillConflict(found, healing);
    return [{ drift: known, path, ...asHold(opinionOn({ drift: known, path }, healing)) }];
  });
  const hold = fields.find(field => field.hold === "grace" || field.hold === "fight")?.hold;
  return { ...told(fields, healing), ...until(hold, healing) };
}

/** An object that was deleted or made anew by hand is judged as one field that was changed. */
const WHOLE: Field = {
  drift: { class: "manual_drift", path: "", from: undefined, to: undefined },
  path: [],
};

function opinionOn(field: Field, healing: Healing): Opinion {
  for (const [, opinion] of RULES) {
    const found = opinion(field, healing);
    if (found !== undefined) return found;
  }
  return "apply";
}

function isCovered(path: FieldPath, fields: readonly FieldPattern[], hold: Hold): Opinion {
  return fields.some(field => field.length > 0 && coversPath(field, path)) ? hold : undefined;
}

/** Git wins at once: whoever committed meant this very field. */
function conflict({ drift }: Field, { conflictPolicy }: Healing): Opinion {
  if (drift.class !== "conflict") return undefined;
  return conflictPolicy === "git" ? "apply" : "conflict";
}

/** Once the rest of a commit is in, only the memory of the conflict tells it from an edit. */
function stillConflict(drift: FieldDrift, { wasConflict }: Healing): FieldDrift {
  const isKnown = drift.class === "manual_drift" && wasConflict(drift.path);
  return isKnown ? { ...drift, class: "conflict" } : drift;
}

function told(fields: readonly FieldVerdict[], { graceUntil }: Healing): DriftVerdict {
  return { fields, ...(graceUntil === undefined ? {} : { graceUntil }) };
}

function asHold(opinion: Opinion) {
  return opinion === undefined || opinion === "apply" ? {} : { hold: opinion };
}

function until(hold: Opinion, { graceUntil, calmUntil }: Healing) {
  if (hold !== "grace" && hold !== "fight") return {};
  return { until: Math.max(graceUntil ?? 0, calmUntil) };
}
