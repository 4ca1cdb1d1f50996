/** Makes the report of a sync from what was decided and what came of it. */
import { formatKey, type ObjectKey } from "../../model/object-key";
import type { StepOutcome } from "../../model/outcome";
import type { FailedObject, Report } from "../../model/report";
import type { Fault, Verdict } from "../../model/verdict";
import { groupOf, type Desired } from "../../model/manifest";
import type { Unknown } from "../sync/locate";

export interface Summary {
  readonly id: string;
  readonly commit: string;
  readonly verdicts: readonly Verdict[];
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly unknown: readonly Unknown[];
  readonly orphans: readonly ObjectKey[];
  readonly kinds: readonly string[];
  readonly notices: readonly string[];
}

/** Total: every verdict and every outcome is told in exactly one list, or needs no telling (kept as it was). */
export function summarise(summary: Summary): Report {
  const { id, commit, verdicts, outcomes, unknown, orphans, kinds, notices } = summary;
  const results = verdicts.map(verdict => resultOf(verdict, outcomes));
  const keys = (result: Told["result"]) =>
    results.flatMap(told => (told.result === result ? [told.desired.key] : []));
  const failed = results.flatMap(told =>
    told.fault ? [failedObject(told.desired, told.fault)] : [],
  );
  return {
    id,
    commit,
    looked: true,
    failed: [...unknown.map(unknownKind), ...failed],
    created: keys("created"),
    updated: keys("updated"),
    adopted: keys("adopted"),
    held: keys("held"),
    orphans,
    total: verdicts.length + unknown.length,
    kinds,
    notices,
    writes: [...outcomes.values()].filter(
      outcome => outcome.result === "applied" && outcome.changed,
    ).length,
  };
}

/** The report of a sync that ended before it looked at the cluster. */
export function summariseFault(id: string, commit: string | undefined, fault: Fault): Report {
  const none = { created: [], updated: [], adopted: [], held: [], orphans: [], failed: [] };
  return {
    id,
    fault,
    looked: false,
    ...none,
    total: 0,
    kinds: [],
    notices: [],
    writes: 0,
    ...(commit === undefined ? {} : { commit }),
  };
}

interface Told {
  readonly result: "kept" | "created" | "updated" | "adopted" | "held" | "failed";
  readonly desired: Desired;
  readonly fault?: Fault;
}

function resultOf(verdict: Verdict, outcomes: ReadonlyMap<string, StepOutcome>): Told {
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
      return writtenResult(verdict.action, desired, outcomes.get(formatKey(desired.key)));
  }
}

function writtenResult(
  action: "create" | "update" | "adopt",
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
