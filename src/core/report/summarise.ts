/** Makes the report of a sync from what was decided and what came of it. */
import type { StepOutcome } from "../../model/outcome";
import type { FailedObject, Report } from "../../model/report";
import type { Fault, Verdict } from "../../model/verdict";
import { groupOf, type Desired } from "../../model/manifest";
import type { Unknown } from "../sync/locate";

export interface Summary
  extends Pick<
    Report,
    | "id"
    | "orphans"
    | "pruned"
    | "unpruned"
    | "kinds"
    | "notices"
    | "drift"
    | "suspended"
    | "autoscaled"
    | "isWhole"
    | "fights"
    | "writes"
  > {
  readonly commit: string;
  /** What stands about every object, by formatKey. */
  readonly told: ReadonlyMap<string, Told>;
  /** Objects that this walk was about. */
  readonly walked: ReadonlySet<string>;
  readonly unknown: readonly Unknown[];
  /** Orphans that the API server does not let go. */
  readonly notGone: readonly FailedObject[];
}

/** Total: every object is told of in exactly one list, or needs no telling (kept as it was). */
export function summarise({ told, walked, unknown, notGone, ...rest }: Summary): Report {
  // one look at all of them: also the heal of one of ten thousand is reported
  const news = [...told].filter(
    ([id, { result, fault }]) =>
      fault !== undefined || result === "held" || (result !== "kept" && walked.has(id)),
  );
  const keys = (result: Told["result"]) =>
    news.flatMap(([, { result: theirs, desired }]) => (theirs === result ? [desired.key] : []));
  const failed = news.flatMap(([, { desired, fault }]) =>
    fault ? [failedObject(desired, fault)] : [],
  );
  return {
    ...rest,
    looked: true,
    failed: [...unknown.map(unknownKind), ...failed, ...notGone],
    created: keys("created"),
    updated: keys("updated"),
    adopted: keys("adopted"),
    held: keys("held"),
    total: told.size + unknown.length,
  };
}

const NOTHING = {
  created: [],
  updated: [],
  adopted: [],
  held: [],
  orphans: [],
  pruned: [],
  unpruned: [],
  failed: [],
  drift: [],
  suspended: [],
  autoscaled: [],
  fights: [],
  kinds: [],
  notices: [],
  total: 0,
  writes: 0,
};

/** The report of a sync that ended before it looked at the cluster. */
export function summariseFault(id: string, commit: string | undefined, fault: Fault): Report {
  const report = { id, fault, looked: false, isWhole: false, ...NOTHING };
  return commit === undefined ? report : { ...report, commit };
}

/** What is to be told of one object. */
export interface Told {
  readonly result: "kept" | "created" | "updated" | "adopted" | "held" | "failed";
  readonly desired: Desired;
  readonly fault?: Fault;
}

/** The last verdict on an object, and the outcome of the write that it meant. */
export function resultOf(verdict: Verdict, outcome: StepOutcome | undefined): Told {
  const { desired } = verdict;
  switch (verdict.action) {
    case "keep":
      return { result: "kept", desired };
    case "hold":
      return { result: "held", desired };
    case "wait":
    case "refuse":
      return { result: "failed", desired, fault: verdict.fault };
    case "create":
    case "update":
    case "adopt":
    case "recreate":
    case "release":
      return writtenResult(verdict.action, desired, outcome);
  }
}

function writtenResult(
  action: "create" | "update" | "adopt" | "recreate" | "release",
  desired: Desired,
  outcome: StepOutcome | undefined,
): Told {
  switch (outcome?.result) {
    case "applied":
      if (action === "adopt") return { result: "adopted", desired };
      if (outcome.created) return { result: "created", desired };
      return { result: outcome.changed ? "updated" : "kept", desired };
    case "failed":
      return { result: "failed", desired, fault: outcome.fault };
    case "released":
    case "removed":
    case "stale":
    case "contested":
    case undefined:
      return { result: "failed", desired, fault: CONTESTED };
  }
}

const CONTESTED: Fault = {
  code: "object-contested",
  message: "it changed again each time nopea was about to write it",
};

function failedObject({ key, source }: Desired, fault: Fault): FailedObject {
  return { key, source: `${source.file}:${source.line}`, fault };
}

function unknownKind({ manifest, source, fault }: Unknown): FailedObject {
  const { apiVersion, kind, metadata } = manifest;
  const key = {
    group: groupOf(apiVersion),
    kind,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
  };
  const message = `the cluster serves no ${kind} of ${apiVersion}`;
  return {
    key,
    source: `${source.file}:${source.line}`,
    fault: fault ?? { code: "kind-not-found", message },
  };
}
