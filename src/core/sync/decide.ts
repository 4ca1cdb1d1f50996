/** What to do about one object: an ordered list of named rules, the first with an opinion wins. */
import { ANNOTATION_IGNORE, ANNOTATION_SUSPEND_HEAL } from "../../model/annotations";
import type { ErrorCode } from "../../model/errors";
import type { Live } from "../../model/live";
import type { Desired } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { NamespaceState } from "../../model/observation";
import { parseApplied, type RepositoryName } from "../../model/ownership";
import type { Fault, Verdict } from "../../model/verdict";
import type { Standing } from "./classify";

/** All that a verdict depends on. */
export interface Case {
  readonly desired: Desired;
  readonly namespace: NamespaceState;
  /** Why nothing can be known of objects of this kind right now. */
  readonly unavailable?: Fault | undefined;
  /** Absent: the object is not there. */
  readonly live?: { readonly object: Live; readonly standing: Standing };
  /** Managers of fields that an unforced apply met. */
  readonly contestedBy: readonly string[];
  /** Repositories among those managers that exist. */
  readonly contestingRepository?: RepositoryName | undefined;
  /** Why the same content failed before, while it is too early to try again. */
  readonly failedBefore?: Fault | undefined;
}

type Rule = readonly [name: string, opinion: (situation: Case) => Verdict | undefined];

/** The order is the documentation. */
const RULES: readonly Rule[] = [
  ["kind unavailable", kindUnavailable],
  ["namespace missing", namespaceMissing],
  ["terminating", terminating],
  ["another repository's", anothers],
  ["as applied", asApplied],
  ["suspended by hand", suspended],
  ["failed before", failedBefore],
  ["left to others", leftToOthers],
  ["nobody's", nobodys],
];

/** The verdict of the first rule that has one; else what is not there is created, and what is ours and differs updated. */
export function decide(situation: Case): Verdict {
  for (const [, opinion] of RULES) {
    const verdict = opinion(situation);
    if (verdict !== undefined) return verdict;
  }
  const { desired, live } = situation;
  return live === undefined
    ? { action: "create", desired }
    : { action: "update", desired, live: live.object };
}

/** First of all: an object that could not be looked at only seems not to be there. */
function kindUnavailable({ desired, unavailable: fault }: Case): Verdict | undefined {
  return fault === undefined ? undefined : { action: "wait", desired, fault };
}

function namespaceMissing({ desired, namespace }: Case): Verdict | undefined {
  const { namespace: name } = desired.key;
  switch (namespace) {
    case "active":
      return undefined;
    case "missing":
      return wait(desired, "namespace-not-found", `namespace ${name} does not exist`);
    case "terminating":
      return wait(desired, "object-terminating", `namespace ${name} is being deleted`);
  }
}

function terminating({ desired, live }: Case): Verdict | undefined {
  if (live?.object.terminating !== true) return undefined;
  return wait(
    desired,
    "object-terminating",
    "the object is being deleted: it is made anew when it is gone",
  );
}

function anothers({ desired, live, contestingRepository }: Case): Verdict | undefined {
  const standing = live?.standing;
  const owner = standing?.of === "another" ? standing.repository : contestingRepository;
  if (owner === undefined) return undefined;
  const message = `GitRepository ${owner.namespace}/${owner.name} manages ${formatKey(desired.key)} already`;
  return { action: "refuse", desired, fault: { code: "owned-by-another", message } };
}

/** nopea.io/suspend-heal on the live object; in Git it does not count. */
function suspended({ desired, live }: Case): Verdict | undefined {
  const value = live?.object.annotations[ANNOTATION_SUSPEND_HEAL] ?? "";
  if (live === undefined || value === "" || value === "false") return undefined;
  return { action: "hold", desired, live: live.object };
}

function failedBefore({ desired, failedBefore: fault }: Case): Verdict | undefined {
  return fault === undefined ? undefined : { action: "wait", desired, fault };
}

function nobodys({ desired, live, contestedBy }: Case): Verdict | undefined {
  if (live?.standing.of !== "nobody") return undefined;
  return { action: "adopt", desired, live: live.object, force: contestedBy.length > 0 };
}

function asApplied({ desired, live }: Case): Verdict | undefined {
  if (live?.standing.of !== "us" || !live.standing.labelled) return undefined;
  const applied = parseApplied(live.object.annotations);
  return applied?.digest === desired.digest
    ? { action: "keep", desired, live: live.object }
    : undefined;
}

/** nopea.io/ignore in Git: its fields are set at creation and then belong to others; which it cannot tell apart yet. */
function leftToOthers({ desired, live }: Case): Verdict | undefined {
  const ignored = desired.manifest.metadata.annotations?.[ANNOTATION_IGNORE];
  if (live === undefined || ignored === undefined) return undefined;
  const message = `${ANNOTATION_IGNORE} is not implemented yet: the object is created, but not changed afterwards`;
  return { action: "refuse", desired, fault: { code: "not-implemented", message } };
}

function wait(desired: Desired, code: ErrorCode, message: string): Verdict {
  return { action: "wait", desired, fault: { code, message } };
}
