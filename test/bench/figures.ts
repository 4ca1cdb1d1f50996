/** Figures of several runs: the median is what to quote, the spread says how quiet the machine was. */
import { readFile } from "node:fs/promises";

export interface Figure {
  readonly measure: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** The middle value; of an even number of values, the lower middle one. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

/** The value below which this share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** A Markdown table of medians with their spread. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ measure, unit, values }) => {
    const show = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
    const spread = `${show(Math.min(...values))} – ${show(Math.max(...values))}`;
    return `| ${measure} | ${show(median(values))} ${unit} | ${spread} | ${values.length} |`;
  });
  return ["| measure | median | spread | runs |", "|---|---|---|---|", ...rows].join("\n");
}

export type Add = ReturnType<typeof createFigures>["add"];

/** Values of the same measure become one figure, in the order in which measures came. */
export function createFigures() {
  const figures = new Map<string, { unit: string; values: number[] }>();
  return {
    add: (measure: string, unit: string, value: number) => {
      const figure = figures.get(measure) ?? { unit, values: [] };
      figures.set(measure, figure);
      figure.values.push(value);
    },
    figures: (): readonly Figure[] =>
      [...figures].map(([measure, figure]) => ({ measure, ...figure })),
  };
}

/** What a process holds of the machine's memory; NaN when it is gone. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024);
}
