/** What Pepr gives to the processes that run in it. */
import type { MetricsAdapter } from "../adapters/metrics/metrics";
import type { Log } from "../ports";

export interface Shell {
  readonly log: Log;
  /** nopea's own; Pepr's are served with them. */
  readonly metrics: MetricsAdapter;
  /** All that is served at /metrics, as Prometheus text. */
  readonly metricsText: () => Promise<string>;
  /** Never aborted: the process is crash-only, and ends as a whole. */
  readonly life: AbortSignal;
}
