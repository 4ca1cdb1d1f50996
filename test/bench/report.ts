/** The figures beside the goals, as Markdown. */
import { median, type Figure } from "./figures";
import type { Goal } from "./part";

export interface Row {
  readonly measure: string;
  readonly goal: string;
  readonly unit: string;
  readonly median: number;
  readonly spread: readonly [number, number];
  readonly runs: number;
  readonly floor?: number;
  /** Of the median to the floor's. */
  readonly ratio?: number;
  readonly met: boolean;
}

/** A row for each goal whose figure was measured. */
export function rowsOf(goals: readonly Goal[], figures: readonly Figure[]): readonly Row[] {
  const byName = new Map(figures.map(figure => [figure.measure, figure]));
  return goals.flatMap(goal => {
    const figure = byName.get(goal.figure);
    if (figure === undefined) return [];
    return [rowOf(goal, figure, goal.floor === undefined ? undefined : byName.get(goal.floor))];
  });
}

function rowOf({ measure, bound, limit }: Goal, figure: Figure, beside: Figure | undefined): Row {
  const { unit, values } = figure;
  const middle = median(values);
  const floor = beside === undefined ? undefined : median(beside.values);
  return {
    measure,
    goal: `${bound === "at most" ? "≤" : "≥"} ${limit} ${unit}`.trim(),
    unit,
    median: middle,
    spread: [Math.min(...values), Math.max(...values)],
    runs: values.length,
    ...(floor === undefined ? {} : { floor }),
    // a share of nothing is no share
    ...(floor === undefined || floor === 0 ? {} : { ratio: middle / floor }),
    met: bound === "at most" ? middle <= limit : middle >= limit,
  };
}

/** The table that can be pasted into the README. */
export function goalsTable(rows: readonly Row[]): string {
  const columns = ["measure", "goal", "median", "spread", "runs", "floor", "ratio", "met?"];
  const lines = rows.map(({ measure, goal, unit, met, ...row }) => [
    measure,
    goal,
    `${show(row.median)} ${unit}`.trim(),
    row.spread.map(show).join(" – "),
    row.runs,
    row.floor === undefined ? "" : `${show(row.floor)} ${unit}`.trim(),
    row.ratio === undefined ? "" : `× ${row.ratio.toFixed(1)}`,
    met ? "yes" : "**no**",
  ]);
  return table(columns, lines);
}

/** Everything that was measured. */
export function figuresTable(figures: readonly Figure[]): string {
  const lines = figures.map(({ measure, unit, values }) => [
    measure,
    `${show(median(values))} ${unit}`.trim(),
    `${show(Math.min(...values))} – ${show(Math.max(...values))}`,
    values.length,
  ]);
  return table(["figure", "median", "spread", "runs"], lines);
}

function table(
  columns: readonly string[],
  lines: readonly (readonly (string | number)[])[],
): string {
  const rows = [columns, columns.map(() => "---"), ...lines];
  return rows.map(cells => `| ${cells.join(" | ")} |`).join("\n");
}

/** Three digits are more than such a machine can tell. */
function show(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1);
}
