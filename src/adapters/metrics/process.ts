/** The process itself: memory, CPU time, the event loop, and the certificate that it serves. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";

export interface MetricsOptions {
  /** File of the certificate that Pepr serves; undefined: there is none to tell of. */
  readonly certificate?: string | undefined;
  /** Memory, CPU time and the event loop of the process are measured, too. */
  readonly ofProcess?: boolean;
}

/** The client's 10 ms wake the process a hundred times a second: more than half a percent of a CPU while nothing happens. */
const LOOP_SAMPLED_EVERY_MS = 100;

/** Names are those of Prometheus' Node.js client, after `nopea_`. */
export function registerProcess(
  register: Registry,
  { certificate, ofProcess = false }: MetricsOptions,
): void {
  if (ofProcess) {
    const eventLoopMonitoringPrecision = LOOP_SAMPLED_EVERY_MS;
    collectDefaultMetrics({ register, prefix: "nopea_", eventLoopMonitoringPrecision });
  }
  if (certificate === undefined) return;
  new Gauge({
    name: "nopea_pepr_certificate_expiry_timestamp_seconds",
    help: "When the certificate that Pepr serves to the API server ends; 0: it cannot be read",
    registers: [register],
    collect() {
      this.set(endOf(certificate));
    },
  });
}

/** Read anew each time: a certificate is renewed under the running process. */
function endOf(file: string): number {
  try {
    return Date.parse(new X509Certificate(readFileSync(file)).validTo) / 1000;
  } catch {
    // whoever watches the metric sees the 0, and the alert for it
    return 0;
  }
}
