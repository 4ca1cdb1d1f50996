/** Counters as Prometheus text, and log lines as nopea's. */
import { expect, test } from "vitest";
import { createLog } from "../../src/adapters/log";
import { createMetrics } from "../../src/adapters/metrics";
import { sha256 } from "../../src/adapters/sha256";

test("what happened: counted under the names that dashboards use", async () => {
  const metrics = createMetrics();
  metrics.syncEnded("synced", 0.2);
  metrics.syncEnded("failed", 3);
  metrics.syncEnded("failed", 3);
  metrics.workerRestarted();
  metrics.workers(7);
  const text = await metrics.text();
  expect(text).toContain('nopea_syncs_total{outcome="synced"} 1');
  expect(text).toContain('nopea_syncs_total{outcome="failed"} 2');
  expect(text).toContain('nopea_sync_duration_seconds_bucket{le="0.25"} 1');
  expect(text).toContain("nopea_sync_duration_seconds_count 3");
  expect(text).toContain("nopea_worker_restarts_total 1");
  expect(text).toContain("nopea_workers 7");
});

test("suspended objects: counted over all repositories, with when the oldest of them was suspended", async () => {
  const metrics = createMetrics();
  expect(await metrics.text()).toContain("nopea_oldest_suspension_timestamp_seconds 0");
  metrics.suspended("one", [1_768_473_000_000, 1_768_470_000_000]);
  metrics.suspended("other", [1_768_471_000_000]);
  expect(await metrics.text()).toContain("nopea_suspended_objects 3");
  expect(await metrics.text()).toContain("nopea_oldest_suspension_timestamp_seconds 1768470000");
  metrics.suspended("one", []);
  expect(await metrics.text()).toContain("nopea_suspended_objects 1");
  expect(await metrics.text()).toContain("nopea_oldest_suspension_timestamp_seconds 1768471000");
});

test("two of them: independent, each in a registry of its own", async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.workerRestarted();
  expect(await two.text()).toContain("nopea_worker_restarts_total 0");
});

test("a log line: at its level, marked as nopea's, its fields untouched", () => {
  const lines: unknown[] = [];
  const take = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message]);
  const log = createLog({ info: take("info"), warn: take("warn"), error: take("error") });
  log.info({ a: 1 }, "one");
  log.warn({ b: "2" }, "two");
  log.error({}, "three");
  expect(lines).toEqual([
    ["info", { a: 1, component: "nopea" }, "one"],
    ["warn", { b: "2", component: "nopea" }, "two"],
    ["error", { component: "nopea" }, "three"],
  ]);
});

test("sha256: hex, of UTF-8", () => {
  expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(sha256("ü")).not.toBe(sha256("u"));
});
