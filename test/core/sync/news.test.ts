import { describe, expect, it } from "vitest";
import { isNews, isSettled } from "../../../src/core/sync/news";

const [OLD, NEW] = ["1".repeat(40), "2".repeat(40)];
const status = { lastAttemptedCommit: OLD, observedGeneration: 1, lastHandledSyncAt: "a" };

describe("isSettled", () => {
  const settled = { commit: OLD, generation: 1 };
  it.each([
    ["the same commit, spec and wish", { generation: 1, syncAt: "a", tip: OLD }, true],
    ["no wish", { generation: 1, tip: OLD }, true],
    ["a new commit", { generation: 1, syncAt: "a", tip: NEW }, false],
    ["a new spec", { generation: 2, syncAt: "a", tip: OLD }, false],
    ["a new wish", { generation: 1, syncAt: "b", tip: OLD }, false],
  ])("%s: %#", (_, wish, expected) => {
    expect(isSettled(wish, settled, status)).toBe(expected);
    expect(isSettled(wish, undefined, status)).toBe(false);
  });
});

describe("isNews", () => {
  it.each([
    ["nothing new", { generation: 1, syncAt: "a", tip: OLD }, false],
    ["a new commit", { generation: 1, tip: NEW }, true],
    ["a new spec", { generation: 2, tip: OLD }, true],
    ["a new wish", { generation: 1, syncAt: "b", tip: OLD }, true],
    ["a wish that was handled", { generation: 1, syncAt: "a", tip: OLD }, false],
  ])("%s: %#", (_, wish, expected) => {
    expect(isNews(wish, status)).toBe(expected);
  });
});
