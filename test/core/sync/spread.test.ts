import fc from "fast-check";
import { ulid } from "ulid";
import { describe, expect, it } from "vitest";
import { spread } from "../../../src/core/sync/spread";

describe("spread", () => {
  it("any interval and id: never earlier than asked, at most a tenth and 30 s later", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 86_400_000 }), intervalMs => {
        const until = spread(intervalMs, ulid());
        expect(until).toBeGreaterThanOrEqual(intervalMs);
        expect(until).toBeLessThanOrEqual(intervalMs + Math.min(intervalMs / 10, 30_000));
      }),
    );
  });

  it("a thousand repositories on the same interval: no tenth of the time gets a fifth of them", () => {
    const waits = Array.from({ length: 1000 }, () => spread(300_000, ulid()) - 300_000);
    for (let from = 0; from < 30_000; from += 3000) {
      const there = waits.filter(wait => wait >= from && wait < from + 3000);
      expect(there.length).toBeLessThan(200);
    }
  });
});
