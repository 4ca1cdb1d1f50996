/** Which kinds are followed by anybody, as it is told whenever that changes. */
import { expect, test } from "vitest";
import { configMaps, page, PATIENT, recorder, setUp, widgets } from "../../support/follow-world";

const signal = new AbortController().signal;

test("followers come and go: the union is told when it changes, and only then", async () => {
  const { follow, unfollow, followed } = await setUp(() => page("10"));
  const [one, two] = [recorder("one").follower, recorder("two").follower];
  await follow(one, [configMaps], signal);
  await follow(one, [configMaps], signal);
  await follow(two, [configMaps], signal);
  expect(followed).toEqual([["configmaps"]]);
  await follow(two, [configMaps, widgets], signal);
  unfollow(one);
  expect(followed.slice(1)).toEqual([["configmaps", "widgets"]]);
  unfollow(two);
  unfollow(two);
  expect(followed.slice(2)).toEqual([[]]);
});

test("a follower changes from one kind to another: nothing in between is told", async () => {
  const { follow, followed } = await setUp(() => page("10"));
  const { follower } = recorder();
  await follow(follower, [configMaps], signal);
  await follow(follower, [widgets], signal);
  expect(followed).toEqual([["configmaps"], ["widgets"]]);
});

test("a list that fails: the kind is not followed, and not told", async () => {
  const { follow, followed } = await setUp(() => ({ status: 403 }), { limits: PATIENT });
  await expect(follow(recorder().follower, [configMaps], signal)).rejects.toThrow("403");
  expect(followed).toEqual([]);
});
