/** Figures of several runs: the median is what to quote, the spread says how quiet the machine was. */

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
