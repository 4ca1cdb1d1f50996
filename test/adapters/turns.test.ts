/** Turns: so many at once, and nobody slips in between. */
import { expect, test } from "vitest";
import { createTurns } from "../../src/adapters/turns";

const never = new AbortController().signal;

test("somebody new, at the moment when a turn goes to whoever waits: waits as well", async () => {
  const turns = createTurns(1);
  const began: string[] = [];
  const take = async (name: string) => {
    const end = await turns.take(never);
    began.push(name);
    return end;
  };
  const end = await take("first");
  const second = take("second");
  end();
  const third = take("third");
  const endSecond = await second;
  await Promise.resolve();
  expect(began).toEqual(["first", "second"]);
  endSecond();
  await third;
  expect(began).toEqual(["first", "second", "third"]);
});

test("the signal is aborted: no turn", async () => {
  await expect(createTurns(1).take(AbortSignal.abort(new Error("the end")))).rejects.toThrow("end");
});
