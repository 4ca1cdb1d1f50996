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
  const suspended = registerSuspensions([registry]);
  return {
    syncEnded(outcome, seconds) {
      syncs.inc({ outcome });
      duration.observe(seconds);
    },
    workerRestarted: () => restarts.inc(),
    httpAnswered: answer => answers.inc({ answer }),
    hookFailed: hook => hookFailures.inc({ hook }),
    workers: count => workers.set(count),
    suspended,
    text: () => registry.metrics(),
  };
}

/** Sums over all repositories: an alert needs no more. */
function registerSuspensions(registers: Registry[]): Metrics["suspended"] {
  const known = new Map<string, readonly number[]>();
  const all = () => [...known.values()].flat();
  new Gauge({
    name: "nopea_suspended_objects",
    help: "Objects that people hold nopea off with nopea.io/suspend-heal",
    registers,
    collect() {
      this.set(all().length);
    },
  });
  new Gauge({
    name: "nopea_oldest_suspension_timestamp_seconds",
    help: "When the oldest of them was suspended; 0: there is none",
    registers,
    collect() {
      const since = all();
      this.set(since.length === 0 ? 0 : Math.min(...since) / 1000);
    },
  });
  return (uid, since) => {
    if (since.length === 0) known.delete(uid);
    else known.set(uid, since);
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
