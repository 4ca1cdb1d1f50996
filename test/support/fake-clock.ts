/** A clock whose time stands still until the test moves it. */
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/ports";

export interface FakeClock extends Clock {
  /** Moves time on: whoever sleeps until then is woken in order, and works until nothing is left to do. */
  advance(milliseconds: number): Promise<void>;
  /** Lets everybody work until nothing is left to do at this moment. */
  settle(): Promise<void>;
  /** Sets the time as an administrator or NTP does: timers do not notice, and run as long as they would have. */
  setTo(now: number): void;
}

interface Sleeper {
  at: number;
  readonly wake: () => void;
}

/** 2026-01-15T10:30:00Z */
const START = 1_768_473_000_000;

/** More turns of the event loop than any chain of promises between two sleeps takes. */
const TURNS = 12;

export function createFakeClock(start = START): FakeClock {
  const sleepers = new Set<Sleeper>();
  let now = start;

  const settle = async () => {
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  };

  const nextDue = (until: number) =>
    [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];

  return {
    now: () => now,
    rfc3339: milliseconds => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`,
    breathe: () => Promise.resolve(),
    settle,
    setTo(time) {
      for (const sleeper of sleepers) sleeper.at += time - now;
      now = time;
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        now = Math.max(now, due.at);
        sleepers.delete(due);
        due.wake();
        await settle();
      }
      now = until;
      await settle();
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const leave = () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        };
        const sleeper = {
          at: now + milliseconds,
          wake: () => {
            signal.removeEventListener("abort", leave);
            resolve();
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        sleepers.add(sleeper);
      }),
  };
}
