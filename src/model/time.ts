/** Times as people and Kubernetes write them, RFC 3339, read without a calendar of the platform. */

const GRAMMAR = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,30}))?(Z|[+-]\d\d:\d\d)$/i;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY = 86_400;

/** Milliseconds since the epoch, finer fractions cut off; undefined for other text, and for times that never were. */
export function parseTime(text: string): number | undefined {
  const match = GRAMMAR.exec(text);
  if (match === null) return undefined;
  const [, fraction = "", zone = ""] = match;
  const days = readDate(text.slice(0, 10));
  const seconds = readTimeOfDay(text.slice(11, 19));
  const ahead = readZone(zone);
  if (days === undefined || seconds === undefined || ahead === undefined) return undefined;
  return (days * DAY + seconds - ahead) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
}

/** Days since the epoch. */
function readDate(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return exists ? daysSinceEpoch(year, month, day) : undefined;
}

/** Seconds since midnight. A leap second (:60) is no time to the API server either. */
function readTimeOfDay(text: string): number | undefined {
  const [hour = 0, minute = 0, second = 0] = text.split(":").map(Number);
  return hour <= 23 && minute <= 59 && second <= 59
    ? (hour * 60 + minute) * 60 + second
    : undefined;
}

/** Seconds that the zone is ahead of UTC. */
function readZone(text: string): number | undefined {
  if (text === "Z" || text === "z") return 0;
  const seconds = readTimeOfDay(text.slice(1));
  return seconds !== undefined && text.startsWith("-") ? -seconds : seconds;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/** Of the Gregorian calendar, also before it was introduced. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // years that begin in March have their leap day at the end
  const shifted = month <= 2 ? year - 1 : year;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

/** The next whole second, or this one: nothing may come earlier than it was told. Milliseconds since the epoch. */
export function secondsUp(milliseconds: number): number {
  // + 0: never -0
  return Math.ceil(milliseconds / 1000) * 1000 + 0;
}
