/** Counters as Prometheus text, and log lines as nopea's. */
import { X509Certificate } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLog } from "../../src/adapters/log";
import { createMetrics } from "../../src/adapters/metrics/metrics";
import { createAuthority } from "../../src/local/certificates";
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

test("open drift: a line for each repository and class that has some, and none else", async () => {
  const metrics = createMetrics();
  metrics.openDrift("one", { repository: "shop/my-app", classes: { manual_drift: 2 } });
  expect(await metrics.text()).toContain(
    'nopea_drift_open{repository="shop/my-app",class="manual_drift"} 2',
  );
  metrics.openDrift("one", { repository: "shop/my-app", classes: { conflict: 1 } });
  const text = await metrics.text();
  expect(text).toContain('nopea_drift_open{repository="shop/my-app",class="conflict"} 1');
  expect(text).not.toContain("manual_drift");
  metrics.openDrift("one", { repository: "", classes: {} });
  expect(await metrics.text()).not.toContain("nopea_drift_open{");
});

test("queues: read when somebody looks", async () => {
  const metrics = createMetrics();
  let depth = 3;
  metrics.depth("events", () => depth);
  expect(await metrics.text()).toContain('nopea_queue_depth{queue="events"} 3');
  depth = 0;
  expect(await metrics.text()).toContain('nopea_queue_depth{queue="events"} 0');
});

test("Pepr's certificate: when it ends, as it is now; 0 where it cannot be read", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "nopea-cert-")), "tls.crt");
  const metrics = createMetrics({ certificate: file });
  const name = "nopea_pepr_certificate_expiry_timestamp_seconds";
  expect(await metrics.text()).toContain(`${name} 0`);
  const { cert } = createAuthority();
  await writeFile(file, cert);
  const end = Date.parse(new X509Certificate(cert).validTo) / 1000;
  expect(await metrics.text()).toContain(`${name} ${end}`);
});

test("of the process: memory, CPU time and the event loop, under names that are nopea's", async () => {
  const text = await createMetrics({ ofProcess: true }).text();
  expect(text).toMatch(/^nopea_process_resident_memory_bytes \d+/m);
  expect(text).toMatch(/^nopea_nodejs_eventloop_lag_p99_seconds [\d.e+-]+/m);
  expect(await createMetrics().text()).not.toContain("nopea_process_");
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
