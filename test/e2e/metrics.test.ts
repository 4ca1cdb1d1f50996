/** What /metrics says moves exactly with what happened. Counts what all tests share, so it runs alone. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/cluster";
import { usePeople } from "../support/people";
import { configMap, useWorld } from "../support/world";

const world = useWorld();
const people = usePeople(world);
const { larry } = people;

const LINE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/;

/** Every sample by its name and labels; throws for a line that is none. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${world.nopea.httpUrl}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const lines = (await response.text()).split("\n").filter(line => /^[^#]/.test(line));
  return new Map(lines.map(sampleOf));
}

function sampleOf(line: string): [string, number] {
  const match = LINE.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = "", labels = "", value = ""] = match;
  const number = value === "+Inf" ? Infinity : Number(value);
  if (Number.isNaN(number) && value !== "NaN") throw new Error(`no number: ${line}`);
  return [`${name}${labels}`, number];
}

/** What differs, without zeros and what time alone moves. */
async function moved(
  before: ReadonlyMap<string, number>,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const after = await scrape();
  const differences = names.map((name): [string, number] => {
    return [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)];
  });
  return Object.fromEntries(differences);
}

const COUNTERS = [
  'nopea_syncs_total{outcome="synced"}',
  'nopea_syncs_total{outcome="failed"}',
  'nopea_applies_total{outcome="created"}',
  'nopea_applies_total{outcome="changed"}',
  'nopea_deletions_total{outcome="removed"}',
  'nopea_drift_detected_total{class="manual_drift"}',
  'nopea_drift_ended_total{decision="healed"}',
  'nopea_drift_ended_total{decision="undone"}',
  "nopea_edit_to_heal_seconds_count",
  "nopea_sync_duration_seconds_count",
  'nopea_sync_step_duration_seconds_count{step="fetch"}',
  'nopea_sync_step_duration_seconds_count{step="apply"}',
  "nopea_workers",
];

const exactly = (expected: Readonly<Record<string, number>>) => ({
  ...Object.fromEntries(COUNTERS.map(name => [name, 0])),
  ...expected,
});

describe("the watcher's metrics", () => {
  it("a first sync, a commit, a heal, a deletion, a failure: each counted exactly", async () => {
    let before = await scrape();
    const app = await people.app({
      files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
      spec: { interval: "1h", prune: true },
      watches: { configmaps: "a" },
    });
    expect(await moved(before, COUNTERS)).toEqual(
      exactly({
        'nopea_syncs_total{outcome="synced"}': 1,
        'nopea_applies_total{outcome="created"}': 2,
        nopea_sync_duration_seconds_count: 1,
        'nopea_sync_step_duration_seconds_count{step="fetch"}': 1,
        'nopea_sync_step_duration_seconds_count{step="apply"}': 1,
        nopea_workers: 1,
      }),
    );
    const git = await moved(before, [
      'nopea_git_requests_total{outcome="answered"}',
      "nopea_git_received_bytes_total",
    ]);
    expect(Object.values(git).every(value => value > 0)).toBe(true);

    before = await scrape();
    const body = JSON.stringify({ data: { value: "2" } });
    await larry.types(app, ["patch", "configmap", "a", "--type=merge", "-p", body]);
    await app.holds("a", "1");
    await eventually(async () => {
      expect(await moved(before, COUNTERS)).toEqual(
        exactly({
          'nopea_applies_total{outcome="changed"}': 1,
          'nopea_drift_detected_total{class="manual_drift"}': 1,
          'nopea_drift_ended_total{decision="healed"}': 1,
          nopea_edit_to_heal_seconds_count: 1,
        }),
      );
      return true;
    }, 10_000);

    before = await scrape();
    const commit = await app.push({ "a.yaml": configMap("a", "3"), "b.yaml": null });
    await app.annotate({ "nopea.io/sync-at": "1" });
    await app.synced(commit);
    expect(await moved(before, COUNTERS)).toEqual(
      exactly({
        'nopea_syncs_total{outcome="synced"}': 1,
        'nopea_applies_total{outcome="changed"}': 1,
        'nopea_deletions_total{outcome="removed"}': 1,
        nopea_sync_duration_seconds_count: 1,
        'nopea_sync_step_duration_seconds_count{step="fetch"}': 1,
        'nopea_sync_step_duration_seconds_count{step="apply"}': 1,
      }),
    );

    before = await scrape();
    await app.push({ "a.yaml": "{" });
    await app.annotate({ "nopea.io/sync-at": "2" });
    await app.failed(/a\.yaml/);
    expect(await moved(before, COUNTERS)).toEqual(
      exactly({
        'nopea_syncs_total{outcome="failed"}': 1,
        nopea_sync_duration_seconds_count: 1,
        'nopea_sync_step_duration_seconds_count{step="fetch"}': 1,
      }),
    );

    before = await scrape();
    await app.remove();
    await eventually(
      async () => (await moved(before, ["nopea_workers"])).nopea_workers === -1,
      20_000,
    );
  });

  it("open drift: by repository and class while it is open", async () => {
    const app = await people.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { healPolicy: "manual" },
      watches: { configmaps: "a" },
    });
    const name = `nopea_drift_open{repository="${app.namespace}/app",class="manual_drift"}`;
    const set = (value: string) => {
      const body = JSON.stringify({ data: { value } });
      return larry.types(app, ["patch", "configmap", "a", "--type=merge", "-p", body]);
    };
    await set("2");
    await eventually(async () => (await scrape()).get(name) === 1, 10_000);
    await set("1");
    await eventually(async () => !(await scrape()).has(name), 10_000);
  });

  it("of the process and of Pepr: there, and the certificate ends within a year or so", async () => {
    const samples = await scrape();
    const end = samples.get("nopea_pepr_certificate_expiry_timestamp_seconds") ?? 0;
    const days = (end - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(0);
    expect(days).toBeLessThan(400);
    expect(samples.get("nopea_nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0);
    expect([...samples.keys()].some(name => name.startsWith("pepr_"))).toBe(true);
    for (const queue of ["syncs", "events", "cdevents"]) {
      expect(samples.get(`nopea_queue_depth{queue="${queue}"}`)).toBeGreaterThanOrEqual(0);
    }
  });
});
