import { describe, expect, it } from "vitest";
import { createTurns } from "../../../src/adapters/git/turns";

const signal = new AbortController().signal;
const settle = () => new Promise(resolve => setImmediate(resolve));

/** Takes turns in order; tells which are under way, and ends one of them. */
function take(turns: ReturnType<typeof createTurns>, key: string, count: number) {
  const ends = new Map<number, () => void>();
  for (let number = 0; number < count; number++) {
    void turns.take(key, signal).then(end => ends.set(number, end));
  }
  return {
    running: () => [...ends.keys()],
    end: (number: number) => {
      ends.get(number)?.();
      ends.delete(number);
    },
  };
}

describe("createTurns", () => {
  it.each([1, 2, 3])("%i at once: so many, in the order in which they came", async atOnce => {
    const all = take(createTurns(atOnce), "a", 6);
    const order: number[] = [];
    for (let ended = 0; ended < 6; ended++) {
      await settle();
      const running = all.running();
      expect(running).toHaveLength(Math.min(atOnce, 6 - ended));
      const last = running.at(-1) ?? -1;
      order.push(last);
      all.end(last);
    }
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("another key: has its own turns", async () => {
    const turns = createTurns();
    const [a, b] = [take(turns, "a", 2), take(turns, "b", 2)];
    await settle();
    expect([a.running(), b.running()]).toEqual([[0], [0]]);
  });

  it("who waits is aborted: rejects with the reason, and holds nobody up", async () => {
    const turns = createTurns();
    const end = await turns.take("a", signal);
    const controller = new AbortController();
    const waiting = turns.take("a", controller.signal);
    const third = turns.take("a", signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    end();
    (await third)();
  });
});
