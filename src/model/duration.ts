/** Durations of a GitRepository: whole hours, minutes and seconds in that order, `90s`, `5m`, `1h30m`. */

const GRAMMAR = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Milliseconds of a duration; undefined for what does not follow the grammar. Zero is a duration. */
export function parseDuration(text: string): number | undefined {
  const match = GRAMMAR.exec(text);
  if (match === null || text === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** The shortest text for a time span given in milliseconds, to the second: 5400000 → `1h30m`, 0 → `0s`. */
export function formatDuration(milliseconds: number): string {
  const total = Math.round(milliseconds / 1000);
  const parts: readonly [number, string][] = [
    [Math.floor(total / 3600), "h"],
    [Math.floor(total / 60) % 60, "m"],
    [total % 60, "s"],
  ];
  const text = parts.map(([amount, unit]) => (amount > 0 ? `${amount}${unit}` : "")).join("");
  return text === "" ? "0s" : text;
}
