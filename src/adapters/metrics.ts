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
  const syncs = new Counter({
    name: "nopea_syncs_total",
    help: "Syncs that ended, by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "nopea_sync_duration_seconds",
    help: "Time from the start of a sync to its end",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const restarts = new Counter({
    name: "nopea_worker_restarts_total",
    help: "Workers that broke and were started anew",
    registers,
  });
  const workers = new Gauge({
    name: "nopea_workers",
    help: "Repositories that have a worker",
    registers,
  });
  const answers = new Counter({
    name: "nopea_webhooks_total",
    help: "Answers to webhooks, by what they say",
    labelNames: ["answer"],
    registers,
  });
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
