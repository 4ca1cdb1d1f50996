/** An Event as a line, and as a value. */
import type { Context } from "../context";
import { oneLine } from "../shown";
import type { ShownEvent } from "./event";

const DAY = 24 * 60 * 60 * 1000;
const LONGEST_REASON = 13;

/** Time of day, reason, object, sentence: lines of a tail stand for themselves, so their columns have fixed widths. */
export function lineOf(
  event: ShownEvent,
  { colors, now }: Pick<Context, "colors" | "now">,
): string {
  const reason = oneLine(event.reason).padEnd(LONGEST_REASON);
  const times = event.count > 1 ? ` (${event.count} times)` : "";
  return [
    colors.dim(timeShown(event.at, now())),
    event.type === "Warning" ? colors.yellow(reason) : colors.green(reason),
    colors.bold(oneLine(event.object)),
    `${oneLine(event.note)}${times}`,
  ].join("  ");
}

/** What -o json prints of it, one a line. */
export function valueOf({ occurrence, isAboutRepository, at, ...event }: ShownEvent) {
  return { time: new Date(at).toISOString(), ...event };
}

/** Of the local day; with the date where it is another one. */
function timeShown(at: number, now: number): string {
  const date = new Date(at);
  const pad = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(":");
  if (now - at < DAY) return clock;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock}`;
}
