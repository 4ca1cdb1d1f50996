/** When to look for a commit that a webhook has told of: at once, once for a burst, again where the server is late. */

/** What a repository's worker holds of the pushes that it was told of. Times are milliseconds since the epoch. */
export interface Expectation {
  /** The newest one's; undefined once it was seen, or given up. */
  readonly commit: string | undefined;
  /** Looks since that push which did not show the commit. */
  readonly tries: number;
  readonly pushedAt: number;
  /** When the first push came that nobody has looked for since; undefined: there is none. */
  readonly waitingSince: number | undefined;
  /** When to look; Infinity: whenever it is time anyway. */
  readonly lookAt: number;
}

/** Git servers of several machines tell of a push before all of them show it. */
const LATE_MS = [200, 500, 1_000, 2_000];
/** Pushes that come closer than this are a burst. */
const BURST_GAP_MS = 100;
/** A burst is over when nothing has come for so long … */
const QUIET_MS = 250;
/** … and is not waited for any longer than this. */
const LONGEST_BURST_MS = 1_500;

/** A push arrives. `busy`: a look is under way that may have asked the server before the push. */
export function expectCommit(
  before: Expectation | undefined,
  commit: string,
  { now, busy }: { readonly now: number; readonly busy: boolean },
): Expectation {
  const close = before !== undefined && now - before.pushedAt < BURST_GAP_MS;
  const waitingSince = before?.waitingSince ?? now;
  const isBurst = busy || close || before?.waitingSince !== undefined;
  const lookAt = isBurst ? Math.min(now + QUIET_MS, waitingSince + LONGEST_BURST_MS) : now;
  return { commit, tries: 0, pushedAt: now, waitingSince, lookAt };
}

/**
 * A look has ended that began after the push; `tip` is undefined where the server gave none: then the back-off counts.
 * A tip that moved to something else is no end: servers that are late may show one push after the other.
 */
export function afterLook(
  expectation: Expectation,
  tip: string | undefined,
  now: number,
): Expectation {
  const looked = { ...expectation, waitingSince: undefined, lookAt: Infinity };
  if (expectation.commit === undefined || tip === undefined) return looked;
  const pause = LATE_MS[expectation.tries];
  if (tip === expectation.commit || pause === undefined) return { ...looked, commit: undefined };
  return { ...looked, tries: expectation.tries + 1, lookAt: now + pause };
}
