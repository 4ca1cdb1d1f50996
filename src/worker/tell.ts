/** Step 9 of the walk: one log line and the counters of a sync. */
import { describeError } from "../model/errors";
import { nameOf, type Repository } from "../model/git-repository";
import { formatKey } from "../model/object-key";
import { firstFault, type Report } from "../model/report";
import type { World } from "../ports";

const SHOWN = 20;

/** What is gone can be asked about nowhere else. */
function tellPruned(log: World["log"], repository: string, { commit, pruned }: Report): void {
  for (let from = 0; from < pruned.length; from += SHOWN) {
    const objects = pruned.slice(from, from + SHOWN).map(({ key }) => formatKey(key));
    log.info({ repository, commit, objects }, "pruned");
  }
}

/** Nothing else in nopea narrates a sync. */
export function tell(
  { log, metrics }: Pick<World, "log" | "metrics">,
  { id }: Repository,
  report: Report,
  milliseconds: number,
): void {
  const repository = nameOf(id);
  const common = { sync: report.id, repository, commit: report.commit, milliseconds };
  const counts = {
    total: report.total,
    created: report.created.length,
    updated: report.updated.length,
    adopted: report.adopted.map(formatKey),
    held: report.held.map(formatKey),
    orphans: report.orphans.length,
  };
  tellPruned(log, repository, report);
  const fault = firstFault(report);
  metrics.syncEnded(fault === undefined ? "synced" : "failed", milliseconds / 1000);
  if (fault === undefined) {
    log.info({ ...common, ...counts }, "synced");
    return;
  }
  const { reason } = describeError(fault.code);
  const objects = report.failed.slice(0, SHOWN).map(({ key }) => formatKey(key));
  log.warn({ ...common, ...counts, reason, cause: fault.message, failed: objects }, "sync failed");
}

/** After decisions that no commit asked for; what they were is told of each episode. */
export function tellHealed({ log }: Pick<World, "log">, { id }: Repository, report: Report): void {
  const repository = nameOf(id);
  tellPruned(log, repository, report);
  const { id: walk, updated, created, drift } = report;
  const writes = report.writes - report.pruned.length;
  if (writes === 0) return;
  const objects = [...created, ...updated].slice(0, SHOWN).map(formatKey);
  log.info({ walk, repository, objects, writes, drift: drift.length }, "healed");
}
