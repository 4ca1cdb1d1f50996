/** The dashboard and the alerts ask for what nopea has, and Prometheus' own tool finds nothing wrong with either. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { createMetrics } from "../../src/adapters/metrics/metrics";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { uid: string } }[];
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
  readonly panels: readonly Panel[];
}

const ALERTS = "src/monitoring/alerts.yaml";
const RULE_TESTS = ["test/monitoring/alerts.test.yaml", "test/monitoring/alerts-of-days.test.yaml"];
const PEPR = [
  "pepr_alerts",
  "pepr_cache_miss",
  "pepr_errors",
  "pepr_mutate",
  "pepr_resync_failure_count",
  "pepr_validate",
];

const dashboard = JSON.parse(readFileSync("src/monitoring/dashboard.json", "utf8")) as Dashboard;
const rules = (
  parse(readFileSync(ALERTS, "utf8")) as { readonly groups: readonly { rules: Rule[] }[] }
).groups.flatMap(group => group.rules);
const queries = dashboard.panels.flatMap(panel => panel.targets ?? []).map(({ expr }) => expr);

let text = "";
beforeAll(async () => {
  text = await createMetrics({ ofProcess: true, certificate: "/nowhere" }).text();
});

describe("metrics", () => {
  const asked = (expressions: readonly string[]) => [
    ...new Set(expressions.flatMap(expr => expr.match(/\b(?:nopea|pepr)_\w+|\bup\b/g) ?? [])),
  ];
  const unknown = (expressions: readonly string[]) => {
    const there = new Set(["up", ...PEPR.flatMap(name => [name, `${name}_sum`, `${name}_count`])]);
    for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      const parts = type === "histogram" ? ["_bucket", "_sum", "_count"] : [];
      for (const part of ["", ...parts]) there.add(`${name}${part}`);
    }
    return asked(expressions).filter(name => !there.has(name));
  };

  it("the dashboard: every metric that it asks for exists", () => {
    expect(unknown(queries)).toEqual([]);
  });

  it("the alerts: every metric that they ask for exists", () => {
    expect(unknown(rules.map(({ expr }) => expr))).toEqual([]);
  });

  it("every metric of nopea's own is on the dashboard or in an alert", () => {
    const shown = asked([...queries, ...rules.map(({ expr }) => expr)]);
    const own = [...text.matchAll(/^# TYPE (nopea_(?!process_|nodejs_)\S+) /gm)].map(
      ([, name = ""]) => name,
    );
    expect(own.filter(name => !shown.some(one => one.startsWith(name)))).toEqual([]);
  });
});

describe("alerts", () => {
  it("each says what is wrong, and names a command", () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Nopea[A-Z]/);
      expect(["warning", "critical"]).toContain(labels.severity);
      expect(annotations.summary, alert).not.toBe("");
      expect(annotations.description, alert).toMatch(/`(kubectl|nopea) [^`]+`/);
    }
  });

  it("each has a rule test", () => {
    const tests = RULE_TESTS.map(file => readFileSync(file, "utf8")).join("\n");
    expect(rules.map(({ alert }) => alert).filter(alert => !tests.includes(`"${alert}"`))).toEqual(
      [],
    );
  });
});

describe("dashboard", () => {
  const { panels, schemaVersion, templating } = dashboard;

  it("can be imported anywhere: its data source is a variable", () => {
    expect(schemaVersion).toBe(39);
    expect(templating.list[0]).toMatchObject({ name: "datasource", type: "datasource" });
    const sources = panels.flatMap(({ datasource, targets = [] }) =>
      [datasource, ...targets.map(target => target.datasource)].map(source => source?.uid),
    );
    expect([...new Set(sources)].sort()).toEqual(["${datasource}", undefined]);
    expect(panels.filter(panel => panel.type !== "row" && panel.datasource === undefined)).toEqual(
      [],
    );
  });

  it("has its rows, and each panel says what it shows", () => {
    const rows = panels.filter(({ type }) => type === "row").map(({ title }) => title);
    expect(rows).toEqual([
      "Syncs",
      "Drift",
      "Suspensions",
      "Git and API server",
      "Events",
      "Admission",
      "Process",
    ]);
    const silent = panels.filter(panel => panel.type !== "row" && !panel.description);
    expect(silent.map(({ title }) => title)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it("no panel lies upon another", () => {
    const upTo = (length: number) => Array.from({ length }, (_, index) => index);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      upTo(w).flatMap(right => upTo(h).map(down => `${x + right},${y + down}`)),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

const isThere = spawnSync("promtool", ["--version"]).error === undefined;
const skipped = isThere ? "" : " (skipped: promtool is not on the PATH; it comes with prometheus)";

describe(`promtool${skipped}`, () => {
  const promtool = (args: readonly string[], input = "") => {
    const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
    return { status, said: stdout + stderr };
  };

  it.skipIf(!isThere)("the alerts are rules", () => {
    expect(promtool(["check", "rules", ALERTS])).toMatchObject({ status: 0 });
  });

  it.skipIf(!isThere).each(RULE_TESTS)(
    "%s: alerts fire, and keep quiet, when they should",
    file => {
      expect(promtool(["test", "rules", file])).toMatchObject({ status: 0 });
    },
  );

  it.skipIf(!isThere)("the dashboard's queries can be read", () => {
    const directory = mkdtempSync(join(tmpdir(), "nopea-dashboard-"));
    try {
      const asRules = queries.map((query, index) => ({
        record: `query:${index}`,
        expr: query.replaceAll("$__rate_interval", "5m").replaceAll("$job", ".+"),
      }));
      const file = join(directory, "queries.yaml");
      writeFileSync(file, stringify({ groups: [{ name: "dashboard", rules: asRules }] }));
      expect(promtool(["check", "rules", file])).toMatchObject({ status: 0 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.skipIf(!isThere)("nopea's metrics are named as they should be", () => {
    const { said } = promtool(["check", "metrics"], text);
    // three gauges that prom-client itself calls so
    const known =
      /^nopea_nodejs_active_\w+_total non-counter metrics should not have "_total" suffix$/;
    expect(said.split("\n").filter(line => line !== "" && !known.test(line))).toEqual([]);
  });
});
