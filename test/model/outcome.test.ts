/** What came of a write that has two halves. */
import { expect, test } from "vitest";
import { hasWritten, stillHalf, type StepOutcome } from "../../src/model/outcome";
import { applied, desired } from "../support/examples";

const stale: StepOutcome = { result: "stale", desired: desired() };

test("too late after a patch that is in: that stays so, however often; an answer ends it", () => {
  const half: StepOutcome = { ...stale, patched: true };
  expect(hasWritten(stillHalf(stale, half))).toBe(true);
  expect(hasWritten(stillHalf(stale, stillHalf(stale, half)))).toBe(true);
  expect(hasWritten(stillHalf(stale, stale))).toBe(false);
  expect(hasWritten(stillHalf(stale, undefined))).toBe(false);
  expect(stillHalf(applied(), half)).toEqual(applied());
});
