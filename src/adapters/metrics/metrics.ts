/** What nopea counts and measures, in a registry of its own; names and units by Prometheus' conventions. */
import { Counter, Histogram, Registry } from "prom-client";
import type { Metrics } from "../../ports";
import { registerProcess, type MetricsOptions } from "./process";
import { registerStanding } from "./standing";

export interface MetricsAdapter extends Metrics {
  /** All of them as Prometheus text. */
  text(): Promise<string>;
}

/** No label names an object; the only one that names a repository is that of open drift. */
export function createMetrics(options: MetricsOptions = {}): MetricsAdapter {
  const registry = new Registry();
  const registers = [registry];
  const counts = registerCounts(registers);
  const times = registerTimes(registers);
  registerProcess(registry, options);
  return {
    ...registerStanding(registers),
    syncEnded(outcome, seconds) {
      counts.syncs.inc({ outcome });
      times.sync.observe(seconds);
    },
    stepEnded: (step, seconds) => times.step.observe({ step }, seconds),
    gitAsked: outcome => counts.gitRequests.inc({ outcome }),
    gitReceived: bytes => counts.gitBytes.inc(bytes),
    applied: outcome => counts.applies.inc({ outcome }),
    deleted: outcome => counts.deletions.inc({ outcome }),
    driftDetected: found => counts.detected.inc({ class: found }),
    driftEnded: decision => counts.ended.inc({ decision }),
    healed: seconds => times.heal.observe(seconds),
    dropped: queue => counts.dropped.inc({ queue }),
    workerRestarted: () => counts.restarts.inc(),
    httpAnswered: answer => counts.answers.inc({ answer }),
    hookFailed: hook => counts.hookFailures.inc({ hook }),
    hookDecided(hook, decision, seconds) {
      counts.hookDecisions.inc({ hook, decision });
      times.hook.observe({ hook }, seconds);
    },
    // the client writes Nan, which only the more patient parsers take for a number
    text: async () => (await registry.metrics()).replace(/ Nan$/gm, " NaN"),
  };
}

function registerCounts(registers: Registry[]) {
  const counter = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Counter({ name: `nopea_${name}_total`, help, labelNames, registers });
  return {
    syncs: counter("syncs", "Syncs that ended, by outcome", "outcome"),
    gitRequests: counter("git_requests", "Requests to Git servers, by outcome", "outcome"),
    gitBytes: counter("git_received_bytes", "Bytes that Git servers have sent"),
    applies: counter("applies", "Server-side applies of objects, by what came of them", "outcome"),
    deletions: counter("deletions", "Deletions of objects, by what came of them", "outcome"),
    detected: counter("drift_detected", "Drift episodes that began, by class", "class"),
    ended: counter("drift_ended", "Drift episodes that ended, by how", "decision"),
    dropped: counter("dropped", "Events that were given up, by queue", "queue"),
    restarts: counter("worker_restarts", "Workers that broke and were started anew"),
    answers: counter("webhooks", "Answers to webhooks, by what they say", "answer"),
    hookFailures: counter(
      "hook_failures",
      "Requests that an admission hook let through unseen, because it broke",
      "hook",
    ),
    hookDecisions: counter(
      "hook_decisions",
      "Requests that an admission hook has seen, by what it did about them",
      "hook",
      "decision",
    ),
  };
}

const SYNC_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const STEP_BUCKETS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 60];
/** From a watch's milliseconds to a night's grace period. */
const HEAL_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 900, 3_600, 14_400, 86_400];
const HOOK_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];

function registerTimes(registers: Registry[]) {
  const histogram = (name: string, help: string, buckets: number[], ...labels: string[]) =>
    new Histogram({ name: `nopea_${name}_seconds`, help, buckets, labelNames: labels, registers });
  return {
    sync: histogram("sync_duration", "Time from the start of a sync to its end", SYNC_BUCKETS),
    step: histogram(
      "sync_step_duration",
      "Time of the steps of a sync: resolve, fetch, render, apply",
      STEP_BUCKETS,
      "step",
    ),
    heal: histogram(
      "edit_to_heal",
      "Time from an edit by hand to Git's value being back, grace periods included",
      HEAL_BUCKETS,
    ),
    hook: histogram("hook_duration", "Time that an admission hook took", HOOK_BUCKETS, "hook"),
  };
}
