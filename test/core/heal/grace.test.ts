/** When an edit may be healed at the earliest. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { graceEnd, type Grace } from "../../../src/core/heal/grace";
import type { Episode } from "../../../src/model/episode";
import { episode } from "../../support/episodes";

const MINUTE = 60_000;
/** 2026-01-15T10:30:00Z, when the episode began. */
const T0 = 1_768_473_000_000;

function end(change: Partial<Grace> = {}): number | undefined {
  return graceEnd({
    episode: undefined,
    graceMs: 5 * MINUTE,
    isNews: false,
    detectedAt: T0,
    now: T0 + 1_000,
    ...change,
  });
}

const open = (change: Partial<Episode> = {}) => episode("r", { since: T0, ...change });

test("new drift: the whole period from when it was seen", () => {
  expect(end()).toBe(T0 + 5 * MINUTE);
});

test("no grace period: no end", () => {
  expect(end({ graceMs: undefined })).toBeUndefined();
});

test("seen in the middle of a second: rounded up, never earlier than asked", () => {
  expect(end({ detectedAt: T0 + 1 })).toBe(T0 + 5 * MINUTE + 1_000);
});

test("a second edit: the deadline of the first stands", () => {
  const first = open({ graceUntil: T0 + 5 * MINUTE });
  expect(end({ episode: first, detectedAt: T0 + 4 * MINUTE, now: T0 + 4 * MINUTE })).toBe(
    T0 + 5 * MINUTE,
  );
});

test("an open episode without a deadline: the period counts from its start", () => {
  expect(end({ episode: open(), detectedAt: T0 + 4 * MINUTE })).toBe(T0 + 5 * MINUTE);
});

test.each<[string, number | undefined]>([
  ["shortened", MINUTE],
  ["lengthened", 60 * MINUTE],
  ["taken away", undefined],
])("the period is %s in the spec: the deadline stands", (_, graceMs) => {
  const first = open({ graceUntil: T0 + 5 * MINUTE });
  expect(end({ episode: first, graceMs })).toBe(T0 + 5 * MINUTE);
});

test("a suspension has ended: a full new period from now", () => {
  const held = open({ decision: "suspended", graceUntil: T0 + 5 * MINUTE });
  expect(end({ episode: held, now: T0 + 60 * MINUTE })).toBe(T0 + 65 * MINUTE);
  expect(end({ episode: held, now: T0 + 60 * MINUTE, graceMs: undefined })).toBeUndefined();
});

test("an episode that is closed: nothing of it stands", () => {
  const closed = open({ decision: "healed", graceUntil: T0 + 5 * MINUTE });
  expect(end({ episode: closed, detectedAt: T0 + 60 * MINUTE })).toBe(T0 + 65 * MINUTE);
});

test.each<[string, Partial<Grace>, number]>([
  ["a new one begins", {}, 65 * MINUTE],
  ["nothing new: it stands", { isNews: false }, 5 * MINUTE],
  ["before it is over: it stands", { now: T0 + 4 * MINUTE }, 5 * MINUTE],
  ["without a grace period by now: none", { graceMs: undefined }, NaN],
])(
  "an edit after the deadline, in an episode that a conflict keeps open: %s",
  (_, change, after) => {
    const left = open({ decision: "left", graceUntil: T0 + 5 * MINUTE });
    const asked = { episode: left, isNews: true, now: T0 + 60 * MINUTE, ...change };
    expect(end(asked)).toBe(Number.isNaN(after) ? undefined : T0 + after);
  },
);

test("an edit after the deadline, while what it was for is about to be healed: it stands", () => {
  const waiting = open({ graceUntil: T0 + 5 * MINUTE });
  expect(end({ episode: waiting, isNews: true, now: T0 + 6 * MINUTE })).toBe(T0 + 5 * MINUTE);
});

test("law: a deadline that stands does not move, whatever becomes of the spec and the clock", () => {
  const decision = fc.constantFrom("waiting" as const, "left" as const, "failed" as const);
  const time = fc.integer({ min: 0, max: 100 * MINUTE });
  const grace = fc.option(time, { nil: undefined });
  fc.assert(
    fc.property(decision, time, grace, time, (held, until, graceMs, later) => {
      const first = open({ decision: held, graceUntil: T0 + until });
      const now = T0 + later;
      expect(end({ episode: first, graceMs, detectedAt: now, now })).toBe(T0 + until);
    }),
  );
});

test("law: never before the whole period has passed, and less than a second after it", () => {
  const time = fc.integer({ min: 0, max: 100 * MINUTE });
  fc.assert(
    fc.property(time, time, (graceMs, after) => {
      const late = (end({ graceMs, detectedAt: T0 + after }) ?? 0) - (T0 + after + graceMs);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(1_000);
    }),
  );
});
