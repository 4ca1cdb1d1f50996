/** What webhooks have told one repository's worker of, until it has looked. */
import { afterLook, expectCommit, type Expectation } from "../core/sync/expectation";
import type { Pace } from "../core/sync/pace";
import type { Clock } from "../ports";

export interface Pushes {
  /** `busy`: a look is under way, which may have asked the server already. */
  arrive(commit: string, busy: boolean): void;
  /** A look begins; call the result with what the server said is the tip, if anything, when it has ended. */
  beginLook(): (tip: string | undefined) => void;
  /** The commit that is looked for; none where the server refuses: each request more may lock an account. */
  expected(pace: Pace): string | undefined;
  /** When to look: because it is time, or earlier because of a push. */
  hurry(pace: Pace): number;
}

/** Nobody has pushed yet. */
export function createPushes(clock: Clock): Pushes {
  let expected: Expectation | undefined;
  return {
    arrive(commit, busy) {
      expected = expectCommit(expected, commit, { now: clock.now(), busy });
    },
    beginLook() {
      const before = expected;
      return tip => {
        // a push that came meanwhile is not for this look to judge
        if (before === undefined || expected !== before) return;
        expected = afterLook(before, tip, clock.now());
      };
    },
    expected: ({ isFixed }) => (isFixed ? undefined : expected?.commit),
    hurry: ({ wakeAt, isFixed }) =>
      isFixed ? wakeAt : Math.min(wakeAt, expected?.lookAt ?? Infinity),
  };
}
