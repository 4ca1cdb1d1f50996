/** Counters of nopea, in a registry of its own. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Metrics } from "../ports";

export interface MetricsAdapter extends Metrics {
  /** All of them as Prometheus text. */
  text(): Promise<string>;
}

/** No label has more than a handful of values: repositories and objects are never labels. */
export function createMetrics(): MetricsAdapter {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Counter({ name, help, labelNames, registers });
  const syncs = counter("nopea_syncs_total", "Syncs that ended, by outcome", "outcome");
  const duration = new Histogram({
    name: "nopea_sync_duration_seconds",
    help: "Time from the start of a sync to its end",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const restarts = counter(
    "nopea_worker_restarts_total",
    "Workers that broke and were started anew",
  );
  const workers = new Gauge({
    name: "nopea_workers",
    help: "Repositories that have a worker",
    registers,
  });
  const answers = counter(
    "nopea_webhooks_total",
    "Answers to webhooks, by what they say",
    "answer",
  );
  return {
    syncEnded(outcome, seconds) {
      syncs.inc({ outcome });
      duration.observe(seconds);
    },
    workerRestarted: () => restarts.inc(),
    httpAnswered: answer => answers.inc({ answer }),
    workers: count => workers.set(count),
    text: () => registry.metrics(),
  };
}
