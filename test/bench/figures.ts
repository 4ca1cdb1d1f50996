/** Figures of several runs: the median is what to quote, the spread says how quiet the machine was. */

export interface Figure {
  readonly measure: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** The middle value; of an even number of values, the lower middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

/** The value below which this share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export type Add = (measure: string, unit: string, value: number) => void;

export interface Figures {
  readonly add: Add;
  readonly all: () => readonly Figure[];
}

/** Values of the same measure become one figure, in the order in which measures came. */
export function createFigures(): Figures {
  const figures = new Map<string, { unit: string; values: number[] }>();
  return {
    add: (measure, unit, value) => {
      const figure = figures.get(measure) ?? { unit, values: [] };
      figures.set(measure, figure);
      figure.values.push(value);
    },
    all: () => [...figures].map(([measure, figure]) => ({ measure, ...figure })),
  };
}
