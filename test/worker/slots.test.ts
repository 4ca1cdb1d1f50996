/** So many at once, first come, first served. */
import { describe, expect, test } from "vitest";
import { createSlots } from "../../src/worker/slots";
import { createFakeClock } from "../support/fake-clock";

const clock = createFakeClock();

/** Slots whose takers are named, in the order in which they got one. */
function create(limit: number) {
  const state = { limit };
  const slots = createSlots(() => state.limit);
  const served: string[] = [];
  const give = new Map<string, () => void>();
  const take = (name: string, signal = new AbortController().signal) =>
    slots.take(signal).then(
      giveBack => {
        served.push(name);
        give.set(name, giveBack);
      },
      () => void served.push(`${name} left`),
    );
  return { state, served, take, giveBack: (name: string) => give.get(name)?.() };
}

describe("two slots", () => {
  test("the third waits until one is given back, and is before the fourth", async () => {
    const { served, take, giveBack } = create(2);
    for (const name of ["a", "b", "c", "d"]) void take(name);
    await clock.settle();
    expect(served).toEqual(["a", "b"]);
    giveBack("b");
    await clock.settle();
    expect(served).toEqual(["a", "b", "c"]);
  });

  test("one given back twice: counts once", async () => {
    const { served, take, giveBack } = create(2);
    for (const name of ["a", "b", "c", "d"]) void take(name);
    await clock.settle();
    giveBack("a");
    giveBack("a");
    await clock.settle();
    expect(served).toEqual(["a", "b", "c"]);
  });

  test("who leaves while waiting: takes no slot from those behind", async () => {
    const { served, take, giveBack } = create(2);
    const life = new AbortController();
    for (const name of ["a", "b"]) void take(name);
    void take("c", life.signal);
    void take("d");
    await clock.settle();
    life.abort();
    giveBack("a");
    await clock.settle();
    expect(served).toEqual(["a", "b", "c left", "d"]);
  });

  test("who had left before: gets none", async () => {
    const { served, take } = create(2);
    await take("a", AbortSignal.abort());
    expect(served).toEqual(["a left"]);
  });

  test("a limit that was lowered: nobody more until so many have left", async () => {
    const { state, served, take, giveBack } = create(2);
    for (const name of ["a", "b", "c"]) void take(name);
    await clock.settle();
    state.limit = 1;
    giveBack("a");
    await clock.settle();
    expect(served).toEqual(["a", "b"]);
    giveBack("b");
    await clock.settle();
    expect(served).toEqual(["a", "b", "c"]);
  });
});
