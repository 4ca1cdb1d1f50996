/** A pushed commit is fetched before anybody knows that it is the tip. */
import { describe, expect, test } from "vitest";
import type { GitSource } from "../../src/ports";
import { fetchAhead } from "../../src/worker/fetch";

const remote = { url: "https://git.example.com/a", branch: "main", path: "" };
const tip = "a".repeat(40);
const other = "b".repeat(40);

function begin(commit: string | undefined, error?: Error) {
  const fetched: { commit: string; signal: AbortSignal }[] = [];
  const git: GitSource = {
    resolve: () => Promise.resolve(tip),
    fetch: (_, asked, __, signal) => {
      fetched.push({ commit: asked, signal });
      return error === undefined ? new Promise(() => undefined) : Promise.reject(error);
    },
  };
  const life = new AbortController();
  const keepOnly = fetchAhead({ git }, { remote, memory: undefined, commit }, life.signal);
  return { fetched, life, keepOnly };
}

describe("what a push has told of", () => {
  test("is the tip: goes on", () => {
    const { fetched, keepOnly } = begin(tip);
    keepOnly(tip);
    expect(fetched.map(({ commit, signal }) => [commit, signal.aborted])).toEqual([[tip, false]]);
  });

  test("is not the tip, or nobody knows: given up", () => {
    for (const found of [other, undefined]) {
      const { fetched, keepOnly } = begin(tip);
      expect(fetched[0]?.signal.aborted).toBe(false);
      keepOnly(found);
      expect(fetched[0]?.signal.aborted).toBe(true);
    }
  });

  test("ends with the look", () => {
    const { fetched, life } = begin(tip);
    life.abort();
    expect(fetched[0]?.signal.aborted).toBe(true);
  });

  test("nothing: nothing is fetched", () => {
    const { fetched, keepOnly } = begin(undefined);
    keepOnly(tip);
    expect(fetched).toEqual([]);
  });

  test("cannot be fetched: no error of anybody's", async () => {
    const { keepOnly } = begin(tip, new Error("not our ref"));
    await new Promise(resolve => setTimeout(resolve, 5));
    keepOnly(tip);
  });
});
