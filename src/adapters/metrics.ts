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
  const { syncs, duration, restarts, workers, answers, hookFailures } = register([registry]);
  return {
    syncEnded(outcome, seconds) {
      syncs.inc({ outcome });
      duration.observe(seconds);
    },
    workerRestarted: () => restarts.inc(),
    httpAnswered: answer => answers.inc({ answer }),
    hookFailed: hook => hookFailures.inc({ hook }),
    workers: count => workers.set(count),
    text: () => registry.metrics(),
  };
}

function register(registers: Registry[]) {
  const counter = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    syncs: counter("nopea_syncs_total", "Syncs that ended, by outcome", "outcome"),
    duration: new Histogram({
      name: "nopea_sync_duration_seconds",
      help: "Time from the start of a sync to its end",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    restarts: counter("nopea_worker_restarts_total", "Workers that broke and were started anew"),
    workers: new Gauge({
      name: "nopea_workers",
      help: "Repositories that have a worker",
      registers,
    }),
    answers: counter("nopea_webhooks_total", "Answers to webhooks, by what they say", "answer"),
    hookFailures: counter(
      "nopea_hook_failures_total",
      "Requests that an admission hook let through unseen, because it broke",
      "hook",
    ),
  };
}
