/** When to look for what a webhook has told of. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterLook, expectCommit, type Expectation } from "../../../src/core/sync/expectation";

const NOW = 1_000_000;
const rest = { now: NOW, busy: false };

describe("a push", () => {
  test("at rest: looked for at once", () => {
    expect(expectCommit(undefined, "a", rest)).toMatchObject({ commit: "a", lookAt: NOW });
  });

  test("long after another: looked for at once", () => {
    const before = afterLook(expectCommit(undefined, "a", rest), "a", NOW);
    const again = expectCommit(before, "b", { now: NOW + 100, busy: false });
    expect(again).toMatchObject({ commit: "b", tries: 0, lookAt: NOW + 100 });
  });

  test("right after another, or during a look: waits for the burst to end", () => {
    const before = afterLook(expectCommit(undefined, "a", rest), "a", NOW);
    const close = expectCommit(before, "b", { now: NOW + 99, busy: false });
    expect(close.lookAt).toBe(NOW + 99 + 250);
    expect(expectCommit(undefined, "a", { now: NOW, busy: true }).lookAt).toBe(NOW + 250);
  });

  test("one after the other without end: looked for 1.5 s after the first that waits", () => {
    let expected = expectCommit(undefined, "a", { now: NOW, busy: true });
    for (let at = NOW; at <= NOW + 1_400; at += 90) {
      expected = expectCommit(expected, `at ${at}`, { now: at, busy: false });
    }
    expect(expected.lookAt).toBe(NOW + 1_500);
  });

  test("while another is looked for again: replaces it, with all its tries", () => {
    const before = afterLook(expectCommit(undefined, "a", rest), "old", NOW);
    const after = expectCommit(before, "b", { now: NOW + 150, busy: false });
    expect(after).toMatchObject({ commit: "b", tries: 0, lookAt: NOW + 150 });
  });
});

describe("a look", () => {
  const looks = (tips: readonly (string | undefined)[]) => {
    let expected = expectCommit(undefined, "new", rest);
    return tips.map(tip => {
      expected = afterLook(expected, tip, NOW);
      return expected.lookAt - NOW;
    });
  };

  test("that shows the commit: settled", () => {
    expect(looks(["new"])).toEqual([Infinity]);
  });

  test("that does not: again after 0.2, 0.5, 1, 2 s, then no more", () => {
    expect(looks(["old", "old", "old", "old", "old", "old"])).toEqual([
      200,
      500,
      1_000,
      2_000,
      Infinity,
      Infinity,
    ]);
  });

  test("that shows it late: settled, whatever comes afterwards", () => {
    expect(looks(["old", "old", "new", "newer"])).toEqual([200, 500, Infinity, Infinity]);
  });

  test("that shows another push in between: goes on", () => {
    expect(looks(["old", "between", "new"])).toEqual([200, 500, Infinity]);
  });

  test("that failed: the back-off counts, and the next one judges", () => {
    expect(looks([undefined, undefined, "old", "new"])).toEqual([
      Infinity,
      Infinity,
      200,
      Infinity,
    ]);
  });
});

test("law: whatever happens, four more looks at most for a push, and none earlier than now", () => {
  const tip = fc.constantFrom("a", "b", "c", undefined);
  const push = fc.record({ do: fc.constant("push" as const), commit: fc.constantFrom("a", "b") });
  const look = fc.record({ do: fc.constant("look" as const), tip });
  const step = fc.record({ wait: fc.nat({ max: 500 }), event: fc.oneof(push, look) });
  fc.assert(
    fc.property(fc.array(step), fc.boolean(), (steps, busy) => {
      let expected: Expectation = expectCommit(undefined, "a", rest);
      let now = NOW;
      for (const { wait, event } of steps) {
        now += wait;
        if (event.do === "push") {
          expected = expectCommit(expected, event.commit, { now, busy });
          expect(expected.lookAt).toBeLessThanOrEqual(now + 250);
        } else {
          expected = afterLook(expected, event.tip, now);
          expect(expected.lookAt).toBeGreaterThan(now);
        }
        expect(expected.tries).toBeLessThanOrEqual(4);
      }
    }),
  );
});
