/** What must not grow, each said in a sentence. */
import type { Holdings } from "./holdings";

export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly found: string;
}

const SHARE = 0.1;
/** A connection that was just opened, a timer that is armed at the moment. */
const FEW = 5;

/** True when not more than a tenth, or a few MB of a small number, came on top. */
export function checkMemory(who: string, before: Holdings, after: Holdings): readonly Check[] {
  return (["resident", "heap", "external"] as const).map(what => {
    const most = Math.max(before[what] * (1 + SHARE), before[what] + FEW);
    return {
      name: `${who}: ${what} memory grows by no more than 10 %`,
      passed: after[what] <= most,
      found: `${before[what].toFixed(1)} → ${after[what].toFixed(1)} MB`,
    };
  });
}

/** Sockets, files, timers, handles, watches. */
export function checkCounts<Key extends string>(
  who: string,
  before: Readonly<Record<Key, number>>,
  after: Readonly<Record<Key, number>>,
  keys: readonly Key[],
): readonly Check[] {
  return keys.map(what => ({
    name: `${who}: ${what} do not grow`,
    passed: after[what] <= before[what] + FEW,
    found: `${before[what]} → ${after[what]}`,
  }));
}

/** A number that has a limit. */
export function check(name: string, passed: boolean, found: number | string): Check {
  return { name, passed, found: String(found) };
}

/** The last line is the runner's closing line; the result is how many failed. */
export function tell(checks: readonly Check[]): number {
  for (const { name, passed, found } of checks) {
    console.log(`${passed ? "ok" : "FAILED"} · ${name}: ${found}`);
  }
  const failed = checks.filter(({ passed }) => !passed).length;
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  return failed;
}
