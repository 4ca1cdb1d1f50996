/** All repositories in one table. */
import type { Context } from "../context";
import { clip, shortCommit } from "../shown";
import { table } from "../table";
import { ageOf } from "../times";
import type { Summary } from "./summary";

type Looks = Pick<Context, "colors" | "now" | "allNamespaces">;

const HEADINGS = ["NAME", "PHASE", "COMMIT", "DRIFT", "SUSPENDED", "PENDING", "ORPHANS", "SYNCED"];

/** A line for each, sorted by namespace and name. */
export function overview(summaries: readonly Summary[], looks: Looks): string {
  const place = looks.allNamespaces ? ["NAMESPACE"] : [];
  const rows = summaries.map(summary => [
    ...(looks.allNamespaces ? [summary.namespace] : []),
    ...row(summary, looks),
  ]);
  return table([...place, ...HEADINGS, "READY"], rows);
}

function row(summary: Summary, { colors, now }: Looks): readonly string[] {
  const { name, phase, commit, drift, suspended, pending, orphans, lastSyncTime } = summary;
  return [
    name,
    phaseShown(phase, colors),
    shortCommit(commit),
    drift > 0 ? colors.yellow(String(drift)) : "0",
    many(suspended),
    many(pending),
    String(orphans),
    ageOf(lastSyncTime, now()),
    readiness(summary),
  ];
}

/** A phase in its colour. */
export function phaseShown(phase: string, colors: Context["colors"]): string {
  if (phase === "Synced") return colors.green(phase);
  return phase === "Failed" ? colors.red(phase) : colors.yellow(clip(phase, 20));
}

/** The status names no more than that. */
const MOST_NAMED = 20;

function many(amount: number): string {
  return amount < MOST_NAMED ? String(amount) : `${amount}+`;
}

const LONGEST = 80;

function readiness({ ready: { status, reason, message } }: Summary): string {
  if (status === "") return "not looked at yet";
  return status === "True" ? reason : clip(`${reason}: ${message}`, LONGEST);
}
