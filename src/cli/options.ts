/** Values of options: read once, and refused with what would be right. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../model/duration";
import { parseTime } from "../model/time";
import { parseSpan } from "./times";

/** Milliseconds of "90s", "24h", "7d". */
export function span(value: string): number {
  const milliseconds = parseSpan(value);
  if (milliseconds === undefined) {
    throw new InvalidArgumentError("It is a time like 90s, 30m, 24h or 7d.");
  }
  return milliseconds;
}

/** What a timer can wait for. */
const LONGEST_MS = 2 ** 31 - 1;

/** The same for what is waited for. */
export function wait(value: string): number {
  const milliseconds = span(value);
  if (milliseconds > LONGEST_MS) throw new InvalidArgumentError("It is at most 24d.");
  return milliseconds;
}

/** A name that is one: an empty variable of a script must not choose another namespace. */
export function name(value: string): string {
  if (value.trim() === "")
    throw new InvalidArgumentError("It is empty: say a name, or leave it out.");
  return value;
}

/** A duration as nopea reads it, more than none: "30m", "4h", "1h30m". */
export function duration(value: string): string {
  const milliseconds = parseDuration(value) ?? 0;
  if (milliseconds <= 0) {
    throw new InvalidArgumentError("It is a duration like 30m, 4h or 1h30m.");
  }
  if (milliseconds > LONGEST_MS) {
    throw new InvalidArgumentError("It is at most 576h (24 days): --until takes any time.");
  }
  return value;
}

/** A time as nopea reads it. */
export function time(value: string): string {
  if (parseTime(value) === undefined) {
    throw new InvalidArgumentError("It is a time like 2026-01-15T18:00:00Z (RFC 3339).");
  }
  return value;
}

/** A whole number, none or more. */
export function amount(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError("It is a whole number, like 20.");
  return Number(value);
}
