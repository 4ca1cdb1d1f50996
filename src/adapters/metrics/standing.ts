/** What stands right now: read when somebody looks. */
import { Gauge, type Registry } from "prom-client";
import type { Metrics } from "../../ports";

type Standing = Pick<Metrics, "workers" | "suspended" | "openDrift" | "depth">;

/** Sums over all repositories, but for open drift. */
export function registerStanding(registers: Registry[]): Standing {
  const workers = new Gauge({
    name: "nopea_workers",
    help: "Repositories that have a worker",
    registers,
  });
  return {
    workers: count => workers.set(count),
    suspended: registerSuspensions(registers),
    openDrift: registerDrift(registers),
    depth: registerQueues(registers),
  };
}

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

/** A repository without open drift has no line: thousands without would be thousands of zeros. */
function registerDrift(registers: Registry[]): Metrics["openDrift"] {
  const known = new Map<string, Parameters<Metrics["openDrift"]>[1]>();
  new Gauge({
    name: "nopea_drift_open",
    help: "Drift episodes that are open, by repository and class",
    labelNames: ["repository", "class"],
    registers,
    collect() {
      this.reset();
      for (const { repository, classes } of known.values()) {
        for (const [found, count] of Object.entries(classes)) {
          this.set({ repository, class: found }, count);
        }
      }
    },
  });
  return (uid, open) => {
    if (Object.keys(open.classes).length === 0) known.delete(uid);
    else known.set(uid, open);
  };
}

function registerQueues(registers: Registry[]): Metrics["depth"] {
  const queues = new Map<string, () => number>();
  new Gauge({
    name: "nopea_queue_depth",
    help: "What waits, by queue",
    labelNames: ["queue"],
    registers,
    collect() {
      for (const [queue, read] of queues) this.set({ queue }, read());
    },
  });
  return (queue, read) => void queues.set(queue, read);
}
