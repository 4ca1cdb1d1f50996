/** Times as people read them: how long ago, how long still, and the options that say how long. */
import { parseDuration } from "../model/duration";
import { parseTime } from "../model/time";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in the largest unit: "42s", "3m", "5h", "2d". */
export function age(from: number, now: number): string {
  const passed = Math.max(0, now - from);
  if (passed < 2 * MINUTE) return `${Math.floor(passed / SECOND)}s`;
  if (passed < 2 * HOUR) return `${Math.floor(passed / MINUTE)}m`;
  if (passed < 2 * DAY) return `${Math.floor(passed / HOUR)}h`;
  return `${Math.floor(passed / DAY)}d`;
}

/** The same for a time as Kubernetes writes it; "-" where there is none. */
export function ageOf(time: unknown, now: number): string {
  const at = typeof time === "string" ? parseTime(time) : undefined;
  return at === undefined ? "-" : age(at, now);
}

/** How long still, in two units: "4m58s", "1h30m", "2d4h"; undefined for what is no time, "0s" for what has passed. */
export function left(until: unknown, now: number): string | undefined {
  const at = typeof until === "string" ? parseTime(until) : undefined;
  if (at === undefined) return undefined;
  const seconds = Math.max(0, Math.ceil((at - now) / SECOND));
  const amounts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = amounts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0s";
  const shown = amounts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return shown.map(([amount, unit]) => `${amount}${unit}`).join("");
}

/** Milliseconds of "90s", "24h", "1h30m", and of "7d"; undefined for other text. */
export function parseSpan(text: string): number | undefined {
  const days = /^(\d+)d$/.exec(text)?.[1];
  return days === undefined ? parseDuration(text) : Number(days) * DAY;
}
